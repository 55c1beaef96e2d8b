import { createHash } from 'node:crypto';
import type { Plan, PlanAsked, PlanReport } from '../model/plan.ts';
import { cleanSvg, type Removed } from './plan/clean.ts';
import { areaOf, type Drawn, drawnIn } from './plan/drawn.ts';
import type { Point } from './plan/outline.ts';
import { thinned } from './plan/thin.ts';

/** How wide a drawing is taken to be where nobody said, m: type fits its rooms then. */
const METRES = 40;
/** What is nearer than this part of the width is the same point. */
const TOLERANCE = 0.0004;
/** Corners of a room at most, corners of all lines together, and names that a report lists of a kind. */
const [ROOM_MAX, LINES_MAX, NAMES_MAX] = [400, 20_000, 200];

/**
 * The drawing of a floor in an untrusted SVG: shapes whose id is that of a room are the rooms, all else is lines. Lengths in
 * metres: the drawing is `metres` wide, else as wide as the rooms whose areas are known make it. Throws `NoPlan`.
 */
export function readPlan(svg: string, asked: PlanAsked): Omit<Plan, 'source'> {
  const { root, removed } = cleanSvg(svg);
  const drawn = drawnIn(root, new Set(asked.rooms));
  const [x, y, width, height] = drawn.box;
  const known = asked.metres ?? widthBy(drawn, asked.areas);
  const scale = (known ?? METRES) / width;
  const at = ([px, py]: Point): Point => [centimetres((px - x) * scale), centimetres((py - y) * scale)];
  const tolerance = TOLERANCE * width;
  const rooms = [...drawn.rooms].map(([room, rings]) => ({
    room,
    rings: rings.map((ring) => atMost(ring, ROOM_MAX, tolerance).map(at)),
  }));
  const { lines, left } = linesOf(drawn, tolerance);
  return {
    floor: asked.floor,
    sha256: createHash('sha256').update(svg).digest('hex'),
    metres: known === null ? null : centimetres(known),
    box: [0, 0, centimetres(width * scale), centimetres(height * scale)],
    rooms,
    lines: lines.map((line) => line.map(at)),
    report: reportOf(drawn, asked, removed, left),
  };
}

const centimetres = (value: number): number => Math.round(value * 100) / 100;

/** How wide a drawing is by the rooms whose areas are known, m; null: there are none. */
function widthBy({ rooms, box }: Drawn, areas: Record<string, number>): number | null {
  let [metres2, units2] = [0, 0];
  for (const [room, rings] of rooms) {
    if (areas[room] === undefined) continue;
    metres2 += areas[room];
    units2 += areaOf(rings);
  }
  return metres2 > 0 && units2 > 0 ? box[2] * Math.sqrt(metres2 / units2) : null;
}

/** A ring with no more corners than are drawn: coarser, until they are few enough. */
function atMost(ring: Point[], most: number, tolerance: number): Point[] {
  const thin = thinned(ring, tolerance);
  if (thin.length < 3) return ring.slice(0, most);
  return thin.length <= most ? thin : atMost(thin, most, 2 * tolerance);
}

/** The lines under the rooms, the longest first, as many as have few enough corners. */
function linesOf({ lines }: Drawn, tolerance: number): { lines: Point[][]; left: number } {
  const sized = lines.map((line) => ({ line: thinned(line, tolerance), size: sizeOf(line) }));
  sized.sort((a, b) => b.size - a.size);
  let corners = 0;
  const kept = sized.filter(({ line }) => {
    corners += line.length;
    return corners <= LINES_MAX;
  });
  return { lines: kept.map(({ line }) => line), left: sized.length - kept.length };
}

function sizeOf(line: Point[]): number {
  const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
  const span = (values: number[]) =>
    values.reduce((most, value) => Math.max(most, value), -Infinity) -
    values.reduce((least, value) => Math.min(least, value), Infinity);
  return span(xs) + span(ys);
}

function reportOf(drawn: Drawn, { rooms, merged }: PlanAsked, removed: Removed[], linesLeft: number): PlanReport {
  const isMerged = new Set(merged);
  return {
    unshaped: rooms.filter((room) => !drawn.rooms.has(room) && !isMerged.has(room)),
    unnamed: [...drawn.unnamed].slice(0, NAMES_MAX),
    twice: [...drawn.twice].slice(0, NAMES_MAX),
    removed: [...removed, ...(drawn.nested > 0 ? [{ what: 'nested svg', count: drawn.nested }] : [])],
    unread: drawn.unread.slice(0, NAMES_MAX),
    linesLeft,
  };
}

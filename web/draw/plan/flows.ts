import { number } from '../number.ts';
import { type Box, boxesOf, clearParts, touch } from './clear.ts';
import type { PlanFloor, RoomShape } from './floor.ts';
import { type Mark, pathMark, textMark } from './marks.ts';
import type { Measure } from './measure.ts';
import type { Place } from './place.ts';
import { type Point, round } from './ring.ts';
import type { PlanType } from './type.ts';

/** Badges that went from a room to another. */
export type Moved = { from: string; to: string; count: number };

/** An arrow ends so far before the middle of its room, and ways back lie so far beside ways there, m. */
const [SHORT, BESIDE] = [1.2, 0.45];
/** The width of a line grows with the root of who went, at LOOK's small text of 24 px. */
const [THIN, GROWS] = [2, 1.6];

/** Places along an arrow at which its number may stand, the best first. */
const ALONG = [0.6, 0.5, 0.4, 0.7, 0.3, 0.8, 0.2];

/** What is drawn already, and how wide its texts are. */
export type Drawn = { marks: Mark[]; measure: Measure };

/**
 * Arrows between the rooms of a floor; the more went, the thicker, and the number is written. The texts that are there come
 * first: a line is interrupted where one stands, and a number without a place of its own is left out.
 */
export function flowMarks(
  flows: Moved[],
  { rooms }: PlanFloor,
  place: Place,
  { small }: PlanType,
  { marks, measure }: Drawn,
): Mark[] {
  if (flows.length === 0) return [];
  const shapes = new Map(rooms.map((room) => [room.id, room]));
  const boxes = boxesOf(marks, measure);
  const numbers: Mark[] = [];
  const lines = flows.flatMap((flow) => {
    const [from, to] = [shapes.get(flow.from), shapes.get(flow.to)];
    const ends = from && to ? endsOf(from, to, place) : null;
    if (!ends) return [];
    const taken = [...boxes, ...boxesOf(numbers, measure)];
    const free = ALONG.map((along) => numberMark(flow, between(ends, along), small)).find(
      (mark) => !boxesOf([mark], measure).some((own) => taken.some((box) => touch(own, box))),
    );
    if (free) numbers.push(free);
    return arrow(flow, ends, place, boxes);
  });
  return [...lines, ...numbers];
}

const middle = ({ label: [x, y, w, h] }: RoomShape): Point => [x + w / 2, y + h / 2];
type Ends = [begin: Point, end: Point];
const between = ([a, b]: Ends, share: number): Point => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];

/** Where an arrow begins and ends, px; null where rooms are too near. */
function endsOf(from: RoomShape, to: RoomShape, { at }: Place): Ends | null {
  const [a, b] = [middle(from), middle(to)];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length < 2 * SHORT) return null;
  const [ux, uy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const point = (along: number): Point => at([a[0] + ux * along - uy * BESIDE, a[1] + uy * along + ux * BESIDE]);
  return [point(SHORT), point(length - SHORT)];
}

function arrow({ from, to, count }: Moved, ends: Ends, { k }: Place, boxes: Box[]): Mark[] {
  const parts = clearParts(...ends, boxes).map(([first, last]): Ends => [between(ends, first), between(ends, last)]);
  const tail = parts.at(-1);
  if (!tail) return [];
  const length = Math.hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
  const [ux, uy] = [(ends[1][0] - ends[0][0]) / length, (ends[1][1] - ends[0][1]) / length];
  const width = Math.max(1.5, (THIN + GROWS * Math.sqrt(count)) * k);
  const head = Math.max(6, width * 1.8);
  const end = tail[1];
  const tip = (side: number) =>
    `${round(end[0] - ux * head - side * uy * head * 0.6)} ${round(end[1] - uy * head + side * ux * head * 0.6)}`;
  const key = `${from} ${to}`;
  const neck: Point = [end[0] - ux * head, end[1] - uy * head];
  const pieces = [...parts.slice(0, -1), [tail[0], neck]];
  const line = pieces.map(([a, b]) => `M${round(a![0])} ${round(a![1])}L${round(b![0])} ${round(b![1])}`).join('');
  return [
    pathMark(`under ${key}`, line, { fill: 'none', stroke: 'var(--bg)', 'stroke-width': width + 3 }),
    pathMark(`line ${key}`, line, { fill: 'none', stroke: 'var(--accent)', 'stroke-width': width }),
    pathMark(`head ${key}`, `M${tip(1)}L${round(end[0])} ${round(end[1])}L${tip(-1)}z`, { fill: 'var(--accent)' }),
  ];
}

function numberMark({ from, to, count }: Moved, [x, y]: Point, small: number): Mark {
  const words = { x, y: y + small * 0.35, size: small, weight: 700, anchor: 'middle' as const };
  const halo = { stroke: 'var(--bg)', 'stroke-width': small * 0.3, 'paint-order': 'stroke', fill: 'var(--text)' };
  return textMark(`count ${from} ${to}`, number(count), words, halo);
}

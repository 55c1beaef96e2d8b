import { number } from '../number.ts';
import type { PlanFloor, RoomShape } from './floor.ts';
import { type Mark, pathMark, textMark } from './marks.ts';
import type { Place } from './place.ts';
import { type Point, round } from './ring.ts';
import type { PlanType } from './type.ts';

/** Badges that went from a room to another. */
export type Moved = { from: string; to: string; count: number };

/** An arrow ends so far before the middle of its room, and ways back lie so far beside ways there, m. */
const [SHORT, BESIDE] = [1.2, 0.45];
/** The width of a line grows with the root of who went, at LOOK's small text of 24 px. */
const [THIN, GROWS] = [2, 1.6];

/** Arrows between the rooms of a floor; the more went, the thicker, and the number is written. */
export function flowMarks(flows: Moved[], { rooms }: PlanFloor, place: Place, { small }: PlanType): Mark[] {
  const shapes = new Map(rooms.map((room) => [room.id, room]));
  return flows.flatMap((flow) => {
    const [from, to] = [shapes.get(flow.from), shapes.get(flow.to)];
    return from && to ? arrow(flow, from, to, place, small) : [];
  });
}

const middle = ({ label: [x, y, w, h] }: RoomShape): Point => [x + w / 2, y + h / 2];

function arrow(flow: Moved, from: RoomShape, to: RoomShape, { at, k }: Place, small: number): Mark[] {
  const [a, b] = [middle(from), middle(to)];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length < 2 * SHORT) return [];
  const [ux, uy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const point = (along: number): Point => at([a[0] + ux * along - uy * BESIDE, a[1] + uy * along + ux * BESIDE]);
  const [begin, end] = [point(SHORT), point(length - SHORT)];
  const width = Math.max(1.5, (THIN + GROWS * Math.sqrt(flow.count)) * k);
  const head = Math.max(6, width * 1.8);
  const tip = (side: number) =>
    `${round(end[0] - ux * head - side * uy * head * 0.6)} ${round(end[1] - uy * head + side * ux * head * 0.6)}`;
  const key = `${flow.from} ${flow.to}`;
  const line = `M${round(begin[0])} ${round(begin[1])}L${round(end[0] - ux * head)} ${round(end[1] - uy * head)}`;
  const along = point(length * 0.6);
  const words = { x: along[0], y: along[1] + small * 0.35, size: small, weight: 700, anchor: 'middle' as const };
  const halo = { stroke: 'var(--bg)', 'stroke-width': small * 0.3, 'paint-order': 'stroke', fill: 'var(--text)' };
  return [
    pathMark(`under ${key}`, line, { fill: 'none', stroke: 'var(--bg)', 'stroke-width': width + 3 }),
    pathMark(`line ${key}`, line, { fill: 'none', stroke: 'var(--accent)', 'stroke-width': width }),
    pathMark(`head ${key}`, `M${tip(1)}L${round(end[0])} ${round(end[1])}L${tip(-1)}z`, { fill: 'var(--accent)' }),
    textMark(`count ${key}`, number(flow.count), words, halo),
  ];
}

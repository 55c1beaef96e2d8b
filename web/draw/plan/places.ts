import { pathMark } from './marks.ts';
import { round } from './ring.ts';
import type { Row } from './stack.ts';
import type { TileOf } from './tile.ts';

/** Of the pitch, how much is place. */
const SOLID = 0.66;

/** A square for each place of the room, solid = taken; those over capacity after a gap. It says nothing of where. None of a rounded count. */
export function placesRow({ shape, now, type, ink }: TileOf, width: number): Row | null {
  const { capacity } = shape;
  const { count } = now;
  if (capacity === null || count === null || now.isRounded) return null;
  const columns = Math.max(6, Math.floor((width + type.pitch * (1 - SOLID)) / type.pitch));
  const over = Math.max(0, count - capacity);
  const gap = over > 0 ? type.pitch * 0.5 : 0;
  const rows = Math.ceil(capacity / columns);
  const size = type.pitch * SOLID;
  return {
    height: (rows + Math.ceil(over / columns)) * type.pitch + gap,
    draw({ x, y }) {
      const line = Math.max(0.7, type.pitch * 0.1);
      const [solid, hollow] = [squaresOf(columns, type.pitch, size), squaresOf(columns, type.pitch, size - line)];
      const inside = Math.min(count, capacity);
      const taken = solid(x, y, 0, inside);
      const free = hollow(x + line / 2, y + line / 2, inside, capacity);
      const above = solid(x, y + rows * type.pitch + gap, 0, over);
      return [
        pathMark('taken', taken, { fill: ink, class: 'taken' }),
        pathMark('free', free, { fill: 'none', stroke: ink, 'stroke-width': line, opacity: 0.55, class: 'free' }),
        pathMark('over-places', above, {
          fill: 'var(--danger)',
          stroke: ink,
          'stroke-width': line,
          class: 'over-places',
        }),
      ];
    },
  };
}

/** The path of the squares from one number to another, the first of all at x, y. */
type Squares = (x: number, y: number, from: number, until: number) => string;

/** A venue has few sizes of rooms; a window that is being resized has many. */
const HELD_MAX = 64;
const held = new Map<string, Squares>();

/** Squares in rows of so many: each moment shows as many of them as it has, cut from one path. */
function squaresOf(columns: number, pitch: number, size: number): Squares {
  const key = `${columns} ${pitch} ${size}`;
  const found = held.get(key);
  if (found) return found;
  const [side, step] = [round(size), fine(pitch)];
  const square = `h${side}v${side}h${-side}z`;
  const [next, line] = [`${square}m${step} 0`, `${square}m${fine(-pitch * (columns - 1))} ${step}`];
  const row = next.repeat(columns - 1) + line;
  /** Where a square begins in the path. */
  const at = (i: number) => Math.floor(i / columns) * row.length + (i % columns) * next.length;
  let path = row;
  const made: Squares = (x, y, from, until) => {
    if (from >= until) return '';
    while (path.length < at(until)) path += row;
    const [left, top] = [x + (from % columns) * pitch, y + Math.floor(from / columns) * pitch];
    return `M${round(left)} ${round(top)}${path.slice(at(from), at(until - 1))}${square}`;
  };
  if (held.size >= HELD_MAX) held.clear();
  held.set(key, made);
  return made;
}

/** Steps add up along a row: to a thousandth of a px. */
const fine = (px: number): number => Math.round(px * 1000) / 1000;

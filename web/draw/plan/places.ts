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
      const at = (i: number, inset: number, top = y) =>
        square(
          x + (i % columns) * type.pitch + inset,
          top + Math.floor(i / columns) * type.pitch + inset,
          size - 2 * inset,
        );
      const taken = squares(0, Math.min(count, capacity), (i) => at(i, 0));
      const free = squares(Math.min(count, capacity), capacity, (i) => at(i, line / 2));
      const above = squares(0, over, (i) => at(i, 0, y + rows * type.pitch + gap));
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

const squares = (from: number, until: number, draw: (i: number) => string): string =>
  Array.from({ length: until - from }, (_, i) => draw(from + i)).join('');

const square = (x: number, y: number, size: number): string =>
  `M${round(x)} ${round(y)}h${round(size)}v${round(size)}h${round(-size)}z`;

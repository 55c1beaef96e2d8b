import { type Box, cornersOf, type Point, type Ring } from './ring.ts';

/** A room of which nobody said where it is, m. */
const [WIDTH, HEIGHT, BETWEEN] = [15, 11, 0.5];

/** How many tiles stand side by side, so that `count` of them fill a stage of `aspect`; under a plan they are as wide as it. */
export function gridColumns(count: number, aspect: number, width: number): number {
  if (width > 0) return Math.max(1, Math.floor((width + BETWEEN) / (WIDTH + BETWEEN)));
  let best = { columns: 1, scale: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const scale = Math.min(aspect / (columns * WIDTH), 1 / (rows * HEIGHT));
    if (scale > best.scale) best = { columns, scale };
  }
  return best.columns;
}

/** Even tiles in rows from `origin`. */
export const gridOf = (count: number, columns: number, [x, y]: Point): Ring[] =>
  Array.from({ length: count }, (_, i) => {
    const box: Box = [
      x + (i % columns) * (WIDTH + BETWEEN),
      y + Math.floor(i / columns) * (HEIGHT + BETWEEN),
      WIDTH,
      HEIGHT,
    ];
    return cornersOf(box);
  });

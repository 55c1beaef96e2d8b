import { type Box, boundsOf, isInside, type Ring } from './ring.ts';

/** Cells to a side into which a room is cut beside the lines through its corners. */
const FINE = 16;
/** With more corners than these a room is round: lines through all of them would be no finer, and dear. */
const CORNERS_MAX = 60;

/** The largest rectangle inside the rings, as near as a grid through their corners finds it. */
export function largestRectangle(rings: Ring[]): Box {
  const [x, y, w, h] = boundsOf(rings.flat());
  const all = rings.flat();
  const corners = all.length > CORNERS_MAX ? [] : all;
  const xs = lines(
    corners.map(([at]) => at),
    x,
    w,
  );
  const ys = lines(
    corners.map(([, at]) => at),
    y,
    h,
  );
  const free = ys
    .slice(1)
    .map((bottom, j) => xs.slice(1).map((right, i) => isFree(rings, xs[i]!, ys[j]!, right, bottom)));
  return best(free, xs, ys) ?? [x, y, w, h];
}

function lines(corners: number[], from: number, size: number): number[] {
  const parts = corners.length > 0 ? FINE : 2 * FINE;
  const even = Array.from({ length: parts + 1 }, (_, i) => from + (size * i) / parts);
  return [...new Set([...corners, ...even].map((at) => Math.round(at * 1000) / 1000))].sort((a, b) => a - b);
}

/** Whether a cell lies inside: its middle and, a hair further in, its corners. */
function isFree(rings: Ring[], x: number, y: number, right: number, bottom: number): boolean {
  const [dx, dy] = [(right - x) * 0.001, (bottom - y) * 0.001];
  const at = (px: number, py: number) => isInside(rings, [px, py]);
  return (
    at((x + right) / 2, (y + bottom) / 2) &&
    at(x + dx, y + dy) &&
    at(right - dx, y + dy) &&
    at(x + dx, bottom - dy) &&
    at(right - dx, bottom - dy)
  );
}

/** The largest block of free cells: for each band of rows, the widest runs of columns that are free in all of it. */
function best(free: boolean[][], xs: number[], ys: number[]): Box | null {
  let found: Box | null = null;
  for (let top = 0; top < free.length; top++) {
    const open = free[top]!.map(() => true);
    for (let row = top; row < free.length; row++) {
      for (const [i, isOpen] of free[row]!.entries()) open[i] &&= isOpen;
      const height = ys[row + 1]! - ys[top]!;
      for (const [from, until] of runs(open)) {
        const width = xs[until]! - xs[from]!;
        if (!found || width * height > found[2] * found[3]) found = [xs[from]!, ys[top]!, width, height];
      }
    }
  }
  return found;
}

/** The stretches of true, as [from, until). */
function runs(open: boolean[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < open.length; i++) {
    if (!open[i]) continue;
    const from = i;
    while (open[i]) i++;
    found.push([from, i]);
  }
  return found;
}

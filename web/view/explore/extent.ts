import { type Cube, numberAt } from './cube.ts';
import type { Column, Grid, Line } from './grid.ts';

/** Over what a colour is measured: all cells, those of a line, those of a column. */
export const EXTENTS = ['table', 'row', 'column'] as const;
export type ExtentOf = (typeof EXTENTS)[number];
export type Extent = { min: number; max: number };

/** Finds the extent a cell is coloured by; totals never count, since they are no cells. Null where no cell has a number. */
export function extentsOf(cube: Cube, { lines, columns }: Grid, measure: string, of: ExtentOf) {
  const held = new Map<string, Extent | null>();
  const leaves = lines.filter(({ isTotal }) => !isTotal);
  const places = columns.filter((column) => !column.isTotal && column.measure === measure);
  return (line: Line, column: Column): Extent | null => {
    const key = of === 'row' ? line.node.key : of === 'column' ? column.node.key : '';
    let extent = held.get(key);
    if (extent === undefined) {
      extent = extentOver(cube, of === 'row' ? [line] : leaves, of === 'column' ? [column] : places, measure);
      held.set(key, extent);
    }
    return extent;
  };
}

function extentOver(cube: Cube, lines: Line[], columns: Column[], measure: string): Extent | null {
  let [min, max] = [Infinity, -Infinity];
  for (const line of lines)
    for (const column of columns) {
      const value = numberAt(cube, line.node, column.node, measure);
      if (value === null) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return min <= max ? { min, max } : null;
}

/**
 * Where a value lies between the ends of an extent, 0 to 1. Counts begin at 0, so that half the way is half as many;
 * what has negative values begins at its least. Where all cells are equal none stands out: they lie in the middle.
 */
export function shareOf(value: number, { min, max }: Extent): number {
  if (min === max) return 0.5;
  const from = Math.min(0, min);
  return max === from ? 0.5 : (value - from) / (max - from);
}

import { type Cube, leavesOf, type Node, numberAt } from './cube.ts';

/** The cell with the greatest number, and what all come to; null where no cell has a number. */
export type Summary = { row: Node; column: Node; value: number; all: number | null };

export function summaryOf(cube: Cube, measure: string): Summary | null {
  let found: Summary | null = null;
  const all = numberAt(cube, cube.rows, cube.columns, measure);
  const columns = leavesOf(cube.columns);
  for (const row of leavesOf(cube.rows))
    for (const column of columns) {
      const value = numberAt(cube, row, column, measure);
      if (value !== null && (!found || value > found.value)) found = { row, column, value, all };
    }
  return found;
}

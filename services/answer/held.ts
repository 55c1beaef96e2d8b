import type { Columns } from '../model/query.ts';
import type { Row } from '../store/rows.ts';
import type { Page } from './page.ts';

/** Rows that are there already, as an answer has them. */
export const held = (
  rows: Row[],
  columns: Columns,
  readFrom: string,
): Page & { columns: Columns; readFrom: string } => ({
  columns,
  rows: once(rows),
  count: rows.length,
  next: null,
  readFrom,
});

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

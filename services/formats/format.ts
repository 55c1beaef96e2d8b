import type { Columns, Meta } from '../model/query.ts';
import type { Typed } from '../store/rows.ts';

export type Row = Record<string, unknown>;

/** An answer on its way out: rows by columns, what it says of itself, and where the next page begins. */
export type Table = {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  meta: Meta;
  next: string | null;
  /** the same rows as the engine has them: instead of `rows`, never beside them */
  typed?: Typed;
};

/** A way to write rows. All formats hold equal rows; `whole` ones carry the meta too, others leave it to headers. */
export type Format = { type: string; whole: boolean; write(table: Table): AsyncIterable<string | Uint8Array> };

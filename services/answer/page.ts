import { type Query, ROWS, ROWS_MAX } from '../model/query.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/rows.ts';
import { writeCursor } from './cursor.ts';
import type { Shape } from './datasets.ts';
import { Refused } from './refused.ts';
import { all, run } from './run.ts';
import { select } from './select.ts';

/** Rows of an answer; how many, or null in a stream; and where the next page begins. */
export type Page = { rows: AsyncIterable<Row[]>; count: number | null; next: string | null };

/** A page of a table, or all of it as a stream. `end` is called once, when nothing more will be read. */
export async function page(
  database: Pick<Database, 'connect'>,
  shape: Shape,
  query: Query,
  finish: (rows: AsyncIterable<Row[]>) => AsyncIterable<Row[]>,
  signal?: AbortSignal,
  end: () => void = () => {},
): Promise<Page> {
  let isHeld = true;
  try {
    const limit = query.limit === undefined ? ROWS : query.limit;
    if (limit !== null && !(limit >= 1 && limit <= ROWS_MAX))
      throw new Refused([{ pointer: '/limit', expected: `1 to ${ROWS_MAX}, or all`, found: String(limit) }]);
    const statement = select(shape, { ...query, limit });
    const stream = finish(run(database, statement, signal));
    if (limit === null) {
      isHeld = false;
      return { rows: ending(stream, end), count: null, next: null };
    }
    const rows = await all(stream);
    const more = rows.length > limit;
    if (more) rows.length = limit;
    const next = more ? writeCursor(statement.sort, statement.key, rows.at(-1)!) : null;
    return { rows: once(rows), count: rows.length, next };
  } finally {
    if (isHeld) end();
  }
}

async function* ending(rows: AsyncIterable<Row[]>, end: () => void): AsyncGenerator<Row[]> {
  try {
    yield* rows;
  } finally {
    end();
  }
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

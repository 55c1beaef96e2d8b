import type { Database } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import type { Select } from './select.ts';

/** Runs a statement on a connection of its own; it is interrupted when `signal` aborts. */
export async function* run(
  database: Pick<Database, 'connect'>,
  statement: Pick<Select, 'text' | 'values'>,
  signal?: AbortSignal,
) {
  const connection = await database.connect();
  const stop = () => connection.interrupt();
  signal?.addEventListener('abort', stop);
  try {
    yield* rowsOf(await connection.stream(statement.text, statement.values));
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.closeSync();
  }
}

export async function all(stream: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const chunk of stream) rows.push(...chunk);
  return rows;
}

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Copied } from '../model/copied.ts';
import type { Observation } from '../model/observation.ts';
import { appendAll } from './append.ts';
import { COPIES, openDatabase, SCRATCH_MEMORY } from './database.ts';
import { loadNames } from './names.ts';
import { sql } from './sql.ts';
import type { Stored } from './store.ts';
import { KINDS } from './tables.ts';

/** Which rows go into the file, in which order: a question about `observations` that ends in COPY. */
type Copying = { statement: `copy_${Copied}` | 'recording'; values: Record<string, bigint> };

/**
 * Writes rows into a Parquet file of the columns of `observations`, whole or not at all. Until they are sorted they lie in
 * a database of their own beside it, so that memory is flat, however many they are.
 */
export async function writeParquet(
  rows: AsyncIterable<Stored[]>,
  file: string,
  { statement, values }: Copying,
  signal?: AbortSignal,
): Promise<void> {
  const folder = `${file}.staging`;
  rmSync(folder, { recursive: true, force: true });
  const database = await openDatabase(folder, [], SCRATCH_MEMORY);
  const connection = await database.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    const names = await loadNames(connection);
    const appenders = {} as Record<Observation['kind'], Awaited<ReturnType<typeof connection.createAppender>>>;
    for (const kind of KINDS) appenders[kind] = await connection.createAppender(kind);
    for await (const some of rows) {
      signal?.throwIfAborted();
      appendAll({ names, appenders }, some);
    }
    for (const appender of Object.values(appenders)) appender.closeSync();
    await names.save(connection);
    signal?.throwIfAborted();
    mkdirSync(join(folder, COPIES));
    const aside = join(folder, COPIES, 'rows.parquet');
    await connection.run(sql(import.meta.url, statement), { ...values, file: aside });
    renameSync(aside, file);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

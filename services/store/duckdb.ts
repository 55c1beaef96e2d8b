import type { DuckDBConnection } from '@duckdb/node-api';
import type { Batch, Receipt } from '../model/batch.ts';
import { appendBatch, type Known } from './append.ts';
import type { Database } from './database.ts';
import { loadNames } from './names.ts';
import { loadNewest } from './newest.ts';
import { readObservations } from './read.ts';
import { sql } from './sql.ts';
import type { Store } from './store.ts';
import { KINDS } from './tables.ts';

/** The embedded store, and what only this engine needs: expiry and an end. */
export type DuckdbStore = Store & {
  /** Forgets observations and rejects older than `before` (UTC ms). */
  expire(before: number): Promise<void>;
  close(): Promise<void>;
};

/** A `Store` in one DuckDB file. One writing connection; every batch is one transaction. */
export async function duckdbStore(database: Database): Promise<DuckdbStore> {
  const connection = await database.connect();
  await connection.run(sql(import.meta.url, 'suspects'));
  let known = await load(connection);
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, in the order of the calls; one that fails does not stop the next. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
  const append = async (batch: Batch): Promise<Receipt> => {
    await connection.run('BEGIN');
    try {
      const duplicates = await appendBatch(connection, known, batch);
      await connection.run('COMMIT');
      const stored = batch.observations.length - duplicates.length;
      // A batch that adds nothing takes no number.
      if (stored > 0 || batch.rejects.length > 0) known.position += 1;
      return { position: known.position, stored, duplicates: Uint32Array.from(duplicates) };
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      known = await load(connection);
      throw error;
    }
  };
  const expire = async (before: number) => {
    for (const statement of sql(import.meta.url, 'expire')
      .split(';')
      .slice(0, -1))
      await connection.run(statement, { before: BigInt(before) * 1000n });
  };
  return {
    append: (batch) => inTurn(() => append(batch)),
    read: (span, where = {}) => readObservations(database, span, where),
    expire: (before) => inTurn(() => expire(before)),
    close: () => inTurn(async () => connection.closeSync()),
  };
}

/** What is stored, as the writer has to know it; read anew after a batch that failed. */
async function load(connection: DuckDBConnection): Promise<Known> {
  const tables = [...KINDS, 'reject'].map((table) => `SELECT position FROM ${table}`).join(' UNION ALL ');
  const found = await connection.runAndReadAll(`SELECT coalesce(max(position), 0)::DOUBLE FROM (${tables})`);
  const position = found.getRows()[0]![0] as number;
  return { names: await loadNames(connection), newest: await loadNewest(connection), position };
}

import { type DuckDBConnection, type DuckDBValue, listValue } from '@duckdb/node-api';
import { type Batch, LOADED_FROM, PARTITION, type Receipt } from '../model/batch.ts';
import { appendBatch, type Known } from './append.ts';
import type { Database } from './database.ts';
import { loadNames } from './names.ts';
import { loadNewest } from './newest.ts';
import { copyObservations, readObservations, readQuarters } from './read.ts';
import { prepareSnapshot, type Snapshot } from './snapshot.ts';
import { sql } from './sql.ts';
import type { Store } from './store.ts';
import { KINDS } from './tables.ts';

/** When badges were heard, by the quarter of an hour (UTC ms), and how often. */
export type Heard = { quarters: number[]; sightings: number };

/** The embedded store, and what only this engine needs: expiry and an end. */
export type DuckdbStore = Store & {
  /** The quarters of an hour in which something was observed, by when they begin, UTC ms, in order. */
  quarters(): Promise<number[]>;
  /** Forgets observations and rejects older than `before` (UTC ms). */
  expire(before: number): Promise<void>;
  /** Forgets what a simulated world told. */
  forgetSimulated(): Promise<void>;
  /** Forgets badges (pseudonyms). Resolves to the quarters of an hour in which they were heard (UTC ms), and how often. */
  forgetBadges(badges: string[]): Promise<Heard>;
  /**
   * Prepares a snapshot in a folder of its own below `copies`. What comes back takes it, calling `atInstant` at an instant at which
   * nothing is being stored, and nothing will be before that returns.
   */
  prepareSnapshot(folder: string): Promise<(atInstant: () => void) => Promise<Snapshot>>;
  /** Rises with each batch that was stored, and whenever something was forgotten. */
  written(): number;
  close(): Promise<void>;
};

/** A `Store` in one DuckDB file. One writing connection; every batch is one transaction. */
export async function duckdbStore(database: Database): Promise<DuckdbStore> {
  const connection = await database.connect();
  await connection.run(sql(import.meta.url, 'suspects'));
  let known = await load(connection);
  await connection.run('BEGIN');
  let last: Promise<unknown> = Promise.resolve();
  let commits = 0;

  /** One at a time, in the order of the calls; one that fails does not stop the next. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
  /** Does a task whole or not at all; the next transaction waits for the next batch. */
  const whole = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      const result = await task();
      await connection.run('COMMIT; BEGIN');
      commits += 1;
      return result;
    } catch (error) {
      // What an appender still holds must not reach the next transaction.
      for (const appender of Object.values(known.appenders)) appender.clear();
      await connection.run('ROLLBACK').catch(() => undefined);
      known = await load(connection);
      await connection.run('BEGIN');
      throw error;
    }
  };
  const append = async (batch: Batch): Promise<Receipt> => {
    const duplicates = await whole(() => appendBatch(connection, known, batch));
    const stored = batch.observations.length - duplicates.length;
    if (batch.positions) {
      const position = batch.positions.observations.reduce((most, one) => Math.max(most, one), 0);
      return { position, stored, duplicates: Uint32Array.from(duplicates) };
    }
    // A batch that adds nothing takes no number.
    const river = batch.past ? 'past' : 'now';
    if (stored > 0 || batch.rejects.length > 0) known.position[river] += 1;
    return { position: known.position[river], stored, duplicates: Uint32Array.from(duplicates) };
  };
  const forget = (statements: string, values: Record<string, DuckDBValue> = {}) =>
    whole(async () => {
      // No number is taken twice, even if nothing is left of the last one.
      const { now, past } = known.position;
      await connection.run(`DELETE FROM last_position; INSERT INTO last_position VALUES (${now}), (${past})`);
      for (const statement of statements.split(';').slice(0, -1)) await connection.run(statement, values);
    });
  return {
    append: (batch) => inTurn(() => append(batch)),
    read: (span, where = {}) => readObservations(database, span, where),
    copy: (...asked) => copyObservations(database, ...asked),
    quarters: () => readQuarters(database),
    expire: (before) =>
      inTurn(() => forget(sql(import.meta.url, 'expire'), { before: BigInt(Math.floor(before)) * 1000n })),
    forgetSimulated: () => inTurn(() => forget(sql(import.meta.url, 'forget_simulated'))),
    forgetBadges: (badges) =>
      inTurn(async () => {
        const heard = await heardOf(connection, badges);
        await forget(sql(import.meta.url, 'forget_badges'), { badges: listValue(badges) });
        known = await load(connection);
        return heard;
      }),
    async prepareSnapshot(folder) {
      const hold = await prepareSnapshot(database, folder);
      return (atInstant) => inTurn(() => holding(hold, atInstant));
    },
    written: () => commits,
    close: () =>
      inTurn(async () => {
        await connection.run('ROLLBACK');
        connection.closeSync();
      }),
  };
}

async function holding(hold: () => Promise<Snapshot>, atInstant: () => void): Promise<Snapshot> {
  const snapshot = await hold();
  try {
    atInstant();
    return snapshot;
  } catch (error) {
    snapshot.close();
    throw error;
  }
}

async function heardOf(connection: DuckDBConnection, badges: string[]): Promise<Heard> {
  const values = { badges: listValue(badges) };
  const rows = (await connection.runAndReadAll(sql(import.meta.url, 'badge_quarters'), values)).getRowsJS();
  return {
    quarters: rows.map(([quarter]) => Number(quarter)),
    sightings: rows.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

/** What is stored, as the writer has to know it; read anew after a batch that failed. */
async function load(connection: DuckDBConnection): Promise<Known> {
  const values = { loaded_from: BigInt(LOADED_FROM), partition: BigInt(PARTITION) };
  const found = await connection.runAndReadAll(sql(import.meta.url, 'last_position'), values);
  const [now, past] = found.getRows()[0] as [number, number];
  const appenders = {} as Known['appenders'];
  for (const kind of KINDS) appenders[kind] = await connection.createAppender(kind);
  return {
    names: await loadNames(connection),
    newest: await loadNewest(connection),
    position: { now, past },
    appenders,
  };
}

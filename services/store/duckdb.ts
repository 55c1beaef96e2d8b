import {
  BIGINT,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  UINTEGER,
} from '@duckdb/node-api';
import type { Batch, Receipt } from '../model/batch.ts';
import type { Kind, Observation } from '../model/observation.ts';
import { appendRejects, appendRows, ordinalColumn, positionColumn } from './append.ts';
import type { Database } from './database.ts';
import { loadNames, type Names } from './names.ts';
import { loadNewest, type Newest } from './newest.ts';
import { readObservations } from './read.ts';
import { hourRuns } from './runs.ts';
import { sql } from './sql.ts';
import type { Store } from './store.ts';
import { KINDS, TABLES } from './tables.ts';

/** What the writer knows of the file; loaded anew after a batch that failed. */
type Known = { names: Names; newest: Newest; position: number };

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
      const receipt = await write(connection, known, batch);
      await connection.run('COMMIT');
      known.position = receipt.position;
      return receipt;
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

async function load(connection: DuckDBConnection): Promise<Known> {
  const tables = [...KINDS, 'reject'].map((table) => `SELECT position FROM ${table}`).join(' UNION ALL ');
  const found = await connection.runAndReadAll(`SELECT coalesce(max(position), 0)::DOUBLE FROM (${tables})`);
  const position = found.getRows()[0]![0] as number;
  return { names: await loadNames(connection), newest: await loadNewest(connection), position };
}

/** Writes a batch inside a transaction. A batch that adds nothing takes no number. */
async function write(connection: DuckDBConnection, known: Known, batch: Batch): Promise<Receipt> {
  const position = known.position + 1;
  const duplicates: number[] = [];
  for (const kind of KINDS) duplicates.push(...(await writeKind(connection, known, batch, kind, position)));
  await known.names.save(connection);
  await appendRejects(connection, batch.rejects, position);
  const stored = batch.observations.length - duplicates.length;
  const added = stored > 0 || batch.rejects.length > 0;
  return { position: added ? position : known.position, stored, duplicates: Uint32Array.from(duplicates) };
}

async function writeKind(
  connection: DuckDBConnection,
  known: Known,
  { observations }: Batch,
  kind: Kind,
  position: number,
): Promise<number[]> {
  const { fresh, suspects } = split(known, observations, kind);
  if (fresh.length + suspects.length === 0) return [];
  const { columns } = TABLES[kind];
  const rows = await connection.createAppender(kind);
  const add = (places: Uint32Array) =>
    appendRows(rows, [...columns, positionColumn(BIGINT, position)], observations, places, known.names.code);
  add(fresh);
  const duplicates =
    suspects.length === 0 ? new Set<number>() : await duplicatesOf(connection, known, observations, kind, suspects);
  add(suspects.filter((place) => !duplicates.has(place)));
  rows.closeSync();
  return [...duplicates];
}

/** The places of a kind: those that are certainly new, and those whose content may be known. */
function split(known: Known, observations: Observation[], kind: Kind) {
  const [subject, about] = TABLES[kind].subject;
  const index = KINDS.indexOf(kind);
  const fresh = new Uint32Array(observations.length);
  const suspects = new Uint32Array(observations.length);
  let freshCount = 0;
  let suspectCount = 0;
  for (let place = 0; place < observations.length; place++) {
    const observation = observations[place] as Observation & Record<string, string>;
    if (observation.kind !== kind) continue;
    const { code } = known.names;
    if (known.newest.isNew(index, code(observation[subject]!), code(observation[about]!), observation.time))
      fresh[freshCount++] = place;
    else suspects[suspectCount++] = place;
  }
  return { fresh: fresh.subarray(0, freshCount), suspects: suspects.subarray(0, suspectCount) };
}

async function duplicatesOf(
  connection: DuckDBConnection,
  known: Known,
  observations: Observation[],
  kind: Kind,
  suspects: Uint32Array,
): Promise<Set<number>> {
  const appender: DuckDBAppender = await connection.createAppender(`${kind}_suspect`);
  const columns = [...TABLES[kind].columns, positionColumn(BIGINT, 0), ordinalColumn(UINTEGER)];
  appendRows(appender, columns, observations, suspects, known.names.code);
  appender.closeSync();
  const query: DuckDBPreparedStatement = await connection.prepare(sql(import.meta.url, `${kind}_duplicates`));
  const found = new Set<number>();
  const times = Array.from(suspects, (place) => observations[place]!.time);
  for (const { from, until } of hourRuns(times)) {
    query.bind({ from: BigInt(from) * 1000n, until: BigInt(until) * 1000n });
    for (const [ordinal] of (await query.runAndReadAll()).getRows()) found.add(ordinal as number);
  }
  query.destroySync();
  await connection.run(`DELETE FROM ${kind}_suspect`);
  return found;
}

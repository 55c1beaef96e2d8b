import {
  BIGINT,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBTimestampValue,
  LIST,
  listValue,
} from '@duckdb/node-api';
import type { Batch } from '../model/batch.ts';
import type { Kind, Observation } from '../model/observation.ts';
import type { Names } from './names.ts';
import type { Newest } from './newest.ts';
import { hourRuns } from './runs.ts';
import { sql } from './sql.ts';
import type { Stored } from './store.ts';
import { chunksOf, KINDS, type Rows, TABLES } from './tables.ts';

/** What the writer knows of what is stored, and its open appenders. */
export type Known = {
  names: Names;
  newest: Newest;
  /** the last numbers taken: of the river, and of what was loaded from the past */
  position: { now: number; past: number };
  appenders: Record<Kind, DuckDBAppender>;
};

/**
 * Writes a batch in the transaction that is open; the places of what was stored already come back. Where nothing has
 * to be looked up it awaits nothing, so that whoever reads ahead does so while the store commits.
 */
export async function appendBatch(connection: DuckDBConnection, known: Known, batch: Batch): Promise<number[]> {
  const number = known.position[batch.past ? 'past' : 'now'] + 1;
  const duplicates: number[] = [];
  for (const [kind, places] of byKind(batch.observations)) {
    const { fresh, suspects, codes } = split(known, batch.observations, kind, places);
    const rows = { observations: batch.observations, codes, positions: batch.positions?.observations ?? number };
    add(known.appenders[kind], kind, { ...rows, places: fresh });
    if (suspects.length === 0) continue;
    const repeated = await duplicatesOf(connection, kind, { ...rows, places: suspects });
    add(known.appenders[kind], kind, { ...rows, places: suspects.filter((place) => !repeated.has(place)) });
    duplicates.push(...repeated);
  }
  await known.names.save(connection);
  await appendRejects(connection, batch, number);
  return duplicates;
}

/** Writes rows as they are: nobody looks whether they were there. Their names are saved by whoever ends it. */
export function appendAll({ names, appenders }: Pick<Known, 'names' | 'appenders'>, rows: Stored[]): void {
  const positions = Float64Array.from(rows, ({ position }) => position);
  for (const [kind, places] of byKind(rows)) {
    const { subject, about } = TABLES[kind];
    const codes: Rows['codes'] = [new Uint32Array(rows.length), new Uint32Array(rows.length)];
    for (const place of places) {
      codes[0][place] = names.code(subject(rows[place]!));
      codes[1][place] = names.code(about(rows[place]!));
    }
    add(appenders[kind], kind, { observations: rows, places, codes, positions });
  }
}

/** The places of each kind in a batch. */
function byKind(observations: Observation[]): [Kind, Uint32Array][] {
  const places = KINDS.map(() => new Uint32Array(observations.length));
  const counts = KINDS.map(() => 0);
  for (let place = 0; place < observations.length; place++) {
    const index = KINDS.indexOf(observations[place]!.kind);
    places[index]![counts[index]!++] = place;
  }
  return KINDS.map((kind, index): [Kind, Uint32Array] => [kind, places[index]!.subarray(0, counts[index]!)]).filter(
    ([, { length }]) => length > 0,
  );
}

/** The places of a kind: those that are certainly new, and those whose content may be known. */
function split({ names, newest }: Known, observations: Observation[], kind: Kind, places: Uint32Array) {
  const { subject, about } = TABLES[kind];
  const index = KINDS.indexOf(kind);
  const codes: Rows['codes'] = [new Uint32Array(observations.length), new Uint32Array(observations.length)];
  const fresh = new Uint32Array(places.length);
  const suspects = new Uint32Array(places.length);
  let freshCount = 0;
  let suspectCount = 0;
  const codeOf = [lastCode(names), lastCode(names)] as const;
  for (const place of places) {
    const observation = observations[place]!;
    const one = codeOf[0](subject(observation));
    const other = codeOf[1](about(observation));
    codes[0][place] = one;
    codes[1][place] = other;
    if (newest.isNew(index, one, other, observation.time)) fresh[freshCount++] = place;
    else suspects[suspectCount++] = place;
  }
  return { fresh: fresh.subarray(0, freshCount), suspects: suspects.subarray(0, suspectCount), codes };
}

/** What one badge says to several gateways comes in a row: its code is looked up once. */
function lastCode(names: Names): (text: string) => number {
  let last = '';
  let code = -1;
  return (text) => {
    if (text !== last || code < 0) {
      code = names.code(text);
      last = text;
    }
    return code;
  };
}

function add(appender: DuckDBAppender, table: Kind, rows: Rows): void {
  if (rows.places.length === 0) return;
  for (const chunk of chunksOf(TABLES[table], rows, false)) appender.appendDataChunk(chunk);
  appender.flushSync();
}

/** Looks the suspects up in the spans of their own times, among all that is stored and among themselves. */
async function duplicatesOf(connection: DuckDBConnection, kind: Kind, rows: Rows): Promise<Set<number>> {
  const appender = await connection.createAppender(`${kind}_suspect`);
  for (const chunk of chunksOf(TABLES[kind], rows, true)) appender.appendDataChunk(chunk);
  appender.closeSync();
  const query = await connection.prepare(sql(import.meta.url, `${kind}_duplicates`));
  const found = new Set<number>();
  const times = Array.from(rows.places, (place) => rows.observations[place]!.time);
  for (const { from, until } of hourRuns(times)) {
    query.bind({ from: BigInt(from) * 1000n, until: BigInt(until) * 1000n });
    for (const [ordinal] of (await query.runAndReadAll()).getRows()) found.add(ordinal as number);
  }
  query.destroySync();
  await connection.run(`DELETE FROM ${kind}_suspect`);
  return found;
}

/** One that comes again with its position is the same; others are events, each of its own. */
async function appendRejects(
  connection: DuckDBConnection,
  { rejects, positions }: Batch,
  number: number,
): Promise<void> {
  if (rejects.length === 0) return;
  const known = positions ? await refusedAt(connection, positions.rejects) : new Set();
  const appender = await connection.createAppender('reject');
  // A recording's rejects are as old as the recording; how long they are kept counts from when they came.
  const now = Date.now();
  for (const [i, { received, source, line, text, reasons }] of rejects.entries()) {
    const position = positions?.rejects[i] ?? number;
    const place = positions?.places[i] ?? i;
    if (known.has(`${position} ${place}`)) continue;
    appender.appendBigInt(BigInt(position));
    appender.appendUInteger(place);
    appender.appendTimestamp(timestamp(positions?.taken?.[i] ?? now));
    appender.appendTimestamp(timestamp(received));
    appender.appendVarchar(source);
    appender.appendUInteger(line);
    appender.appendVarchar(text);
    appender.appendVarchar(JSON.stringify(reasons));
    appender.endRow();
  }
  appender.closeSync();
}

const timestamp = (ms: number) => new DuckDBTimestampValue(BigInt(Math.round(ms)) * 1000n);

/** Position and place of each reject that stands at one of some positions. */
async function refusedAt(connection: DuckDBConnection, positions: Float64Array): Promise<Set<string>> {
  const values = { positions: listValue(Array.from(positions, BigInt)) };
  const found = await connection.runAndReadAll(sql(import.meta.url, 'refused_at'), values, { positions: LIST(BIGINT) });
  return new Set(found.getRows().map(([position, place]) => `${position} ${place}`));
}

import { dirname } from 'node:path';
import type { Batch } from '../model/batch.ts';
import type { Span } from '../model/venue.ts';
import { type Database, openDatabase } from './database.ts';
import { duckdbStore } from './duckdb.ts';
import type { InfluxStore } from './influx.ts';
import { sql } from './sql.ts';

/** Observations, or rejects, that are copied for one question at most, if nobody waits for a file. */
export const COPIED_MAX = 500_000;

/** What of a bucket a question is about; `newest`: so many of the newest are enough; `asMany`: as many as may be copied are; `max`: how many these are. */
export type Wanted = {
  what: 'observations' | 'rejects';
  span: Span;
  newest: number | null;
  asMany: boolean;
  max: number;
};

/** The copy, and from when on (`time`, UTC ms) it has what was asked for. */
export type Copy = Database & { from: number };

/** An hour that is written in Parquet, with so many rows: it holds as long as the bucket has as many. */
export type ClosedHour = { span: Span; rows: number; file: string };

/** There is more than may be copied; `found`: how much. */
export class TooMuch extends Error {
  readonly found: number;
  constructor(found: number) {
    super(`${found} rows; at most ${COPIED_MAX} are copied for a question`);
    this.found = found;
  }
}

/** How far back is looked first, and how much further each time. */
const FIRST_MS = 1000;
const WIDER = 8;

/**
 * Copies what a question is about into a DuckDB of its own, which its asker closes; what is written in Parquet is read there,
 * so it may be more than is copied. Below `writable` an answer may be written. Flat in memory: what is more than
 * its share waits on disk. Throws `TooMuch`, and when `signal` aborts.
 */
export async function copyOf(
  store: InfluxStore,
  wanted: Wanted,
  now: number,
  closed: ClosedHour[] = [],
  writable: string[] = [],
  signal?: AbortSignal,
): Promise<Copy> {
  const { holdings } = store;
  const isOfRejects = wanted.what === 'rejects';
  const hours = isOfRejects || wanted.newest !== null ? [] : await stillWhole(closed, wanted.span, holdings.hours);
  const count = isOfRejects
    ? holdings.countRejects
    : (span: Span) => sumOf(without(span, hours).map((rest) => holdings.count(rest)));
  const span = await spanOf(wanted, count, now);
  const found = await count(span);
  if (found > wanted.max) throw new TooMuch(found);
  const database = await openDatabase(null, [...new Set(hours.map(({ file }) => dirname(file))), ...writable]);
  try {
    const copy = await duckdbStore(database);
    for (const rest of without(span, hours))
      for await (const batch of batchesOf(store, wanted.what, rest)) {
        signal?.throwIfAborted();
        await copy.append(batch);
      }
    await copy.close();
    if (hours.length > 0) await join(database, hours);
  } catch (error) {
    database.close();
    throw error;
  }
  return { ...database, from: span.from };
}

const sumOf = async (counts: Promise<number>[]): Promise<number> =>
  (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);

/** The closed hours that touch a span and have as many rows as the bucket has there now; the others were touched since. */
async function stillWhole(
  closed: ClosedHour[],
  { from, until }: Span,
  hoursIn: InfluxStore['holdings']['hours'],
): Promise<ClosedHour[]> {
  const hours = closed.filter(({ span }) => span.until > from && span.from < until);
  const [first, last] = [hours[0], hours.at(-1)];
  if (!first || !last) return [];
  const counts = await hoursIn({ from: first.span.from, until: last.span.until });
  return hours.filter(({ span, rows }) => (counts.get(span.from) ?? 0) === rows);
}

/** What of a span lies outside of hours, which are in order. */
function without({ from, until }: Span, hours: ClosedHour[]): Span[] {
  const rest: Span[] = [];
  let at = from;
  for (const { span } of hours) {
    if (span.from > at) rest.push({ from: at, until: Math.min(until, span.from) });
    at = Math.max(at, span.until);
  }
  return [...rest, { from: at, until }].filter((one) => one.from < one.until);
}

/** Has every table of observations hold what is written beside what was copied, and so the view of them all. */
async function join(database: Database, hours: ClosedHour[]): Promise<void> {
  const connection = await database.connect();
  const files = hours.map(({ file }) => `'${file.replaceAll("'", "''")}'`).join();
  await connection.run(`CREATE VIEW closed AS FROM read_parquet([${files}])`);
  await connection.run(sql(import.meta.url, 'joined'));
  connection.closeSync();
}

/** Where the newest are enough, the end of the span that has enough of them. */
async function spanOf(wanted: Wanted, count: (span: Span) => Promise<number>, now: number): Promise<Span> {
  const { span, newest, asMany } = wanted;
  if (asMany && (await count(span)) > COPIED_MAX) return widest(span, count, now);
  if (newest === null) return span;
  const last = Math.min(now, span.until);
  for (let width = FIRST_MS; last - width > span.from; width *= WIDER) {
    const end = { from: last - width, until: span.until };
    if ((await count(end)) > newest) return end;
  }
  return span;
}

/** The longest end of a span that may be copied. */
async function widest(span: Span, count: (span: Span) => Promise<number>, now: number): Promise<Span> {
  let found = { ...span, from: now - FIRST_MS };
  for (let width = FIRST_MS * 2; now - width > span.from; width *= 2) {
    const end = { from: now - width, until: span.until };
    if ((await count(end)) > COPIED_MAX) return found;
    found = end;
  }
  return found;
}

async function* batchesOf(store: InfluxStore, what: Wanted['what'], span: Span): AsyncGenerator<Batch> {
  if (what === 'rejects') {
    for await (const some of store.holdings.rejects(span)) yield { observations: [], ...some };
    return;
  }
  for await (const rows of store.read(span)) {
    const observations = Float64Array.from(rows, ({ position }) => position);
    const positions = { observations, rejects: new Float64Array(), places: new Uint32Array() };
    yield { observations: rows, rejects: [], positions };
  }
}

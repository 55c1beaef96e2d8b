import type { Batch } from '../model/batch.ts';
import type { Span } from '../model/venue.ts';
import { type Database, openDatabase } from './database.ts';
import { duckdbStore } from './duckdb.ts';
import type { InfluxStore } from './influx.ts';

/** Observations, or rejects, that are copied for one question at most. */
export const COPIED_MAX = 500_000;

/** What of a bucket a question is about; `newest`: so many of the newest are enough; `asMany`: as many as may be copied are. */
export type Wanted = { what: 'observations' | 'rejects'; span: Span; newest: number | null; asMany: boolean };

/** The copy, and from when on (`time`, UTC ms) it has what was asked for. */
export type Copy = Database & { from: number };

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

/** Copies what a question is about into a DuckDB of its own, which its asker closes. Throws `TooMuch`. */
export async function copyOf(store: InfluxStore, wanted: Wanted, now: number): Promise<Copy> {
  const count = wanted.what === 'rejects' ? store.bounds.countRejects : store.bounds.count;
  const span = await spanOf(wanted, count, now);
  const found = await count(span);
  if (found > COPIED_MAX) throw new TooMuch(found);
  const database = await openDatabase(null);
  const copy = await duckdbStore(database);
  try {
    for await (const batch of batchesOf(store, wanted.what, span)) await copy.append(batch);
  } catch (error) {
    database.close();
    throw error;
  } finally {
    await copy.close();
  }
  return { ...database, from: span.from };
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
    for await (const some of store.bounds.rejects(span)) yield { observations: [], ...some };
    return;
  }
  for await (const rows of store.read(span)) {
    const observations = Float64Array.from(rows, ({ position }) => position);
    const positions = { observations, rejects: new Float64Array(), places: new Uint32Array() };
    yield { observations: rows, rejects: [], positions };
  }
}

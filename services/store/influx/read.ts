import type { Kind } from '../../model/observation.ts';
import type { Span } from '../../model/venue.ts';
import type { Between, Stored } from '../store.ts';
import { bucketsOf } from './buckets.ts';
import { type Window, windowsOf } from './plan.ts';
import type { Nanoseconds, Query, Values } from './query.ts';
import { ROWS } from './rows.ts';

/** Rows that are sorted at once, so memory is flat. If the plan was wrong, twice as many. */
const WINDOW_ROWS = 50_000;
/** Rows that are yielded at once. */
const CHUNK_ROWS = 2048;
/** A window is planned from so many buckets, if time and position go together. */
const BUCKETS = 10;
const KINDS = Object.keys(ROWS) as Kind[];

/**
 * Streams a span in order of position, then time, however much it is: reads where each observation stands, plans
 * windows, then reads and sorts one window after the other. What comes meanwhile is left to the next reader.
 */
export async function* readObservations(
  query: Query,
  span: Span,
  { after = -1, before = Number.MAX_SAFE_INTEGER }: Between,
  rows = WINDOW_ROWS,
): AsyncGenerator<Stored[]> {
  const upto = before - 1;
  const buckets = await bucketsOf(query.stream('positions', valuesOf(span, after, upto)), Math.ceil(rows / BUCKETS));
  for (const window of windowsOf(buckets, rows)) yield* readWindow(query, window, rows);
}

/** Reads a window and sorts it. What is too much for one is parted at its middle position and read again. */
async function* readWindow(query: Query, window: Window, rows: number): AsyncGenerator<Stored[]> {
  const found = await rowsIn(query, window, 2 * rows);
  found.sort(inOrder);
  if (isTooMuch(found.length, window, 2 * rows)) {
    const { position } = found[found.length >> 1]!;
    const middle = Math.max(window.after + 1, Math.min(window.upto - 1, position));
    yield* readWindow(query, { ...window, upto: middle }, rows);
    yield* readWindow(query, { ...window, after: middle }, rows);
    return;
  }
  for (let at = 0; at < found.length; at += CHUNK_ROWS) yield found.slice(at, at + CHUNK_ROWS);
}

/** The rows of a window, or the first that are too much. */
async function rowsIn(query: Query, window: Window, max: number): Promise<Stored[]> {
  const found: Stored[] = [];
  for (const kind of KINDS)
    for (const span of window.spans)
      for await (const records of query.stream(kind, valuesOf(span, window.after, window.upto))) {
        for (const cells of records) found.push(ROWS[kind](cells));
        if (isTooMuch(found.length, window, max)) return found;
      }
  return found;
}

const isTooMuch = (count: number, { after, upto }: Window, max: number) => count > max && upto - after > 1;

/** As DuckDB's `read.sql`; what is equal stays in the order of kinds and of the digits below a millisecond. */
const inOrder = (a: Stored, b: Stored): number => a.position - b.position || a.time - b.time;

/** What InfluxDB can hold: from 1684 to 2255. */
export const END_MS = 9e12;
export const inNs = (ms: number): Nanoseconds => ({
  ns: `${Math.ceil(Math.max(-END_MS, Math.min(END_MS, ms)))}000000`,
});

const valuesOf = ({ from, until }: Span, after: number, upto: number): Values => ({
  from: inNs(from),
  until: inNs(until),
  after,
  upto,
});

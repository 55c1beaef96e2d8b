import type { Copied } from '../model/copied.ts';
import type { Observation } from '../model/observation.ts';
import type { Span } from '../model/venue.ts';
import type { Database } from './database.ts';
import { type Row, rowsOf } from './rows.ts';
import { sql } from './sql.ts';
import type { Between, Stored } from './store.ts';

/** Streams a span in order of position, a DuckDB chunk at a time, on a connection of its own. */
export async function* readObservations(
  database: Database,
  span: Span,
  { after = -1, before = Number.MAX_SAFE_INTEGER }: Between,
): AsyncGenerator<Stored[]> {
  const connection = await database.connect();
  try {
    const values = { ...microsOf(span), after: BigInt(after), before: BigInt(before) };
    const result = await connection.stream(sql(import.meta.url, 'read'), values);
    for await (const rows of rowsOf(result)) yield rows.map(observationOf);
  } finally {
    connection.closeSync();
  }
}

/** Writes a span into a Parquet file, on a connection of its own; `Store.copy` says what. */
export async function copyObservations(
  database: Database,
  span: Span,
  file: string,
  signal?: AbortSignal,
  what: Copied = 'river',
): Promise<void> {
  const connection = await database.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    signal?.throwIfAborted();
    await connection.run(sql(import.meta.url, `copy_${what}`), { ...microsOf(span), file });
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
  }
}

/** A span as SQL takes it. */
export const microsOf = ({ from, until }: Span) => ({ from: toMicros(from), until: toMicros(until) });

/** The quarters of an hour in which something was observed, by when they begin, UTC ms, in order. */
export async function readQuarters(database: Database): Promise<number[]> {
  const connection = await database.connect();
  try {
    const quarters: number[] = [];
    const result = await connection.stream(sql(import.meta.url, 'quarters'));
    for await (const rows of rowsOf(result)) for (const { quarter } of rows) quarters.push(quarter as number);
    return quarters;
  } finally {
    connection.closeSync();
  }
}

/** What DuckDB can hold: the ends of time are as far as anybody's observations go. */
const toMicros = (ms: number): bigint => BigInt(Math.max(-8e15, Math.min(8e15, ms))) * 1000n;

/** The columns of the wide view that an observation of a kind does not have. */
const FOREIGN: Record<Observation['kind'], string[]> = {
  sighting: ['sensor', 'quantity', 'value', 'status', 'info'],
  measurement: ['gateway', 'badge', 'rssi', 'temperature', 'claps', 'battery', 'status', 'info'],
  heartbeat: ['badge', 'rssi', 'temperature', 'claps', 'battery', 'sensor', 'quantity', 'value'],
};

/** A row of the wide view → the observation of its kind. */
export function observationOf(row: Row): Stored {
  for (const name of FOREIGN[row.kind as Observation['kind']]) delete row[name];
  return row as Stored;
}

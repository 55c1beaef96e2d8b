import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { openMemory } from './database.ts';
import { observationOf } from './read.ts';
import { rowsOf } from './rows.ts';
import { sql } from './sql.ts';
import { writeParquet } from './staging.ts';
import type { Stored } from './store.ts';

/** A recording in the order in which it was received; the position of an observation is its place in it. */
export type Recording = {
  count: number;
  /** when the first and the last were received, UTC ms; null where there is none */
  span: { first: number; last: number } | null;
  /** from a place on */
  read(place: number): AsyncGenerator<Stored[]>;
};

/** Rows that are read at once. */
const WINDOW_ROWS = 50_000;

/** The columns of a copy, as DuckDB calls their types. */
const COLUMNS = {
  kind: 'VARCHAR',
  time: 'TIMESTAMP',
  received: 'TIMESTAMP',
  gateway: 'VARCHAR',
  badge: 'VARCHAR',
  rssi: 'SMALLINT',
  temperature: 'DOUBLE',
  claps: 'SMALLINT',
  battery: 'DOUBLE',
  sensor: 'VARCHAR',
  quantity: 'VARCHAR',
  value: 'DOUBLE',
  status: 'VARCHAR',
  info: 'VARCHAR',
  simulated: 'BOOLEAN',
};

/** A Parquet file that is no copy of observations. */
export class NoCopy extends Error {}

const noParquet = (error: Error): never => {
  throw new NoCopy(`expected a Parquet file, found ${error.message.split('\n')[0]}`);
};

/** Sorts observations into a recording; `rows` come with ascending positions. */
export const recordRows = (rows: AsyncIterable<Stored[]>, file: string, signal?: AbortSignal): Promise<void> =>
  writeParquet(rows, file, { statement: 'recording', values: {} }, signal);

/** Sorts a copy of a span (`Store.copy`) into a recording, without badges that are forgotten. Throws `NoCopy`, a sentence. */
export async function recordCopy(
  copy: string,
  file: string,
  isForgotten: (badge: string) => boolean = () => false,
): Promise<void> {
  const memory = await openMemory(dirname(copy), dirname(file));
  try {
    const found = await memory.connection.runAndReadAll('DESCRIBE FROM read_parquet($copy)', { copy }).catch(noParquet);
    const types = new Map(found.getRows().map(([name, type]) => [name as string, type as string]));
    for (const [name, type] of Object.entries(COLUMNS))
      if (types.get(name) !== type)
        throw new NoCopy(`expected a column ${name} of ${type}, found ${types.get(name) ?? 'none'}`);
    const aside = `${file}.aside`;
    const named = await memory.connection.runAndReadAll(sql(import.meta.url, 'recording_badges'), { source: copy });
    const badges = named.getRows().map(([badge]) => badge as string);
    const values = { source: copy, file: aside, forgotten: listValue(badges.filter(isForgotten)) };
    // An empty list says nothing of its type.
    await memory.connection.run(sql(import.meta.url, 'recording_of_copy'), values, { forgotten: LIST(VARCHAR) });
    renameSync(aside, file);
  } finally {
    memory.close();
  }
}

export async function openRecording(file: string): Promise<Recording> {
  const memory = await openMemory(dirname(file));
  try {
    const found = await memory.connection.runAndReadAll(sql(import.meta.url, 'recording_bounds'), { file });
    const [count, first, last] = found.getRows()[0] as [number, number | null, number | null];
    return {
      count,
      span: first === null || last === null ? null : { first, last },
      read: (place) => readFrom(file, place, count),
    };
  } finally {
    memory.close();
  }
}

async function* readFrom(file: string, place: number, count: number): AsyncGenerator<Stored[]> {
  const memory = await openMemory(dirname(file));
  try {
    for (let from = place; from < count; from += WINDOW_ROWS) {
      const values = { file, from: BigInt(from), until: BigInt(from + WINDOW_ROWS) };
      const result = await memory.connection.stream(sql(import.meta.url, 'recording_places'), values);
      for await (const rows of rowsOf(result)) yield rows.map(observationOf);
    }
  } finally {
    memory.close();
  }
}

import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import type { Observation } from '../model/observation.ts';
import type { Reject } from '../model/reject.ts';
import { type Code, type Column, TABLES } from './tables.ts';

/** Rows in a DuckDB chunk. */
const CHUNK = 2048;

/** A column that is the same for all rows of a batch, or counts their places. */
export const positionColumn = (type: DuckDBType, position: number): Column => ({
  name: 'position',
  type,
  fill: (vector, rows) => {
    const { items } = vector as unknown as { items: BigInt64Array };
    items.fill(BigInt(position), 0, rows.count);
  },
});

export const ordinalColumn = (type: DuckDBType): Column => ({
  name: 'ordinal',
  type,
  fill: (vector, rows) => {
    const { items } = vector as unknown as { items: Uint32Array };
    for (let i = 0; i < rows.count; i++) items[i] = rows.places[rows.start + i]!;
  },
});

/** Appends the observations at `places` as typed chunks, column by column. */
export function appendRows(
  appender: DuckDBAppender,
  columns: Column[],
  observations: Observation[],
  places: Uint32Array,
  code: Code,
): void {
  const types = columns.map((column) => column.type);
  for (let start = 0; start < places.length; start += CHUNK) {
    const count = Math.min(CHUNK, places.length - start);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach((column, i) => {
      const vector = chunk.getColumnVector(i);
      column.fill(vector, { observations, places, start, count }, code);
      vector.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.flushSync();
}

export async function appendRejects(connection: DuckDBConnection, rejects: Reject[], position: number): Promise<void> {
  if (rejects.length === 0) return;
  const insert = await connection.prepare(
    `INSERT INTO reject VALUES ($position, $place, make_timestamp($received::BIGINT), $source, $line, $text, $reasons)`,
  );
  for (const [place, reject] of rejects.entries()) {
    const { received, source, line, text, reasons } = reject;
    insert.bind({
      position: BigInt(position),
      place,
      received: BigInt(Math.round(received)) * 1000n,
      source,
      line,
      text,
      reasons: JSON.stringify(reasons),
    });
    await insert.run();
  }
  insert.destroySync();
}

export const columnsOf = (kind: Observation['kind']): Column[] => TABLES[kind].columns;

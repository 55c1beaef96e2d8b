import type { DuckDBConnection } from '@duckdb/node-api';
import { PARTITION } from '../model/batch.ts';
import type { Observation, Sighting } from '../model/observation.ts';
import type { Span } from '../model/venue.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** Makes the copy of a store (Parquet, columns of `observations`) the view `heard` of a connection, and learns its skew. */
export async function openCopy(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`CREATE OR REPLACE VIEW heard AS FROM read_parquet('${file.replaceAll("'", "''")}')`);
  await learnSkew(connection);
}

/** Learns by how much the clocks of gateways were off, from whatever is `heard`. */
export async function learnSkew(connection: DuckDBConnection): Promise<void> {
  await connection.run('DROP TABLE IF EXISTS skew');
  await connection.run(sql(import.meta.url, 'skew'));
}

/**
 * The sightings of `heard` in the order in which they truly happened: `time` is that, with the clock skew of their gateway
 * taken off (NUMBERS: Place in time), and so is `received`. What only frames need is null. DuckDB sorts, and spills.
 */
export async function* sightingsPlaced(connection: DuckDBConnection): AsyncGenerator<Sighting[]> {
  const result = await connection.stream(sql(import.meta.url, 'sightings_placed'));
  for await (const rows of rowsOf(result))
    yield rows.map(({ t, gateway, badge, rssi }) => sightingAt(t as number, gateway as string, badge as string, rssi));
}

const sightingAt = (time: number, gateway: string, badge: string, rssi: unknown): Sighting => ({
  kind: 'sighting',
  time,
  received: time,
  gateway,
  badge,
  rssi: rssi as number,
  temperature: null,
  claps: null,
  battery: null,
  simulated: false,
});

/** Everything that was `heard`, in the same order; frozen claps are 0. */
export async function* observationsPlaced(connection: DuckDBConnection): AsyncGenerator<Observation[]> {
  const result = await connection.stream(sql(import.meta.url, 'placed'));
  for await (const rows of rowsOf(result)) yield rows as Observation[];
}

/** How far the river had been read when `heard` was copied, one position a partition; and how much of `span` it has. */
export async function positionsIn(
  connection: DuckDBConnection,
  span: Span,
): Promise<{ positions: number[]; rows: number }> {
  const [from, until] = [BigInt(span.from) * 1000n, BigInt(span.until) * 1000n];
  const values = { partition: BigInt(PARTITION), from, until };
  const found: Row[] = [];
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'positions'), values)))
    found.push(...rows);
  return {
    positions: found.map(({ position }) => position as number),
    rows: found.reduce((sum, { rows }) => sum + (rows as number), 0),
  };
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { PARTITION } from '../model/batch.ts';
import type { Observation, Sighting } from '../model/observation.ts';
import type { Span } from '../model/venue.ts';
import { numbersOf, type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** Makes the copy of a store (`Store.copy`, of any kind) the view `heard` of a connection, and learns its skew. */
export async function openCopy(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`CREATE OR REPLACE VIEW heard AS FROM read_parquet('${file.replaceAll("'", "''")}')`);
  await learnSkew(connection);
}

/** Learns of whatever is `heard` by how much the clocks of gateways were off. */
export async function learnSkew(connection: DuckDBConnection): Promise<void> {
  await connection.run('DROP TABLE IF EXISTS skew');
  await connection.run(sql(import.meta.url, 'skew'));
}

/** Makes the texts of `heard` codes, so that each is read once: those of sightings, or all. Resolves to them by their codes. */
async function wordsIn(connection: DuckDBConnection, name: 'words' | 'words_of_sightings'): Promise<string[]> {
  const words: string[] = [];
  await connection.run('DROP TABLE IF EXISTS word');
  await connection.run(sql(import.meta.url, name));
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'word_list'))))
    for (const { word } of rows) words.push(word as string);
  return words;
}

/**
 * The sightings of `heard` in the order in which they truly happened: `time` is that, with the clock skew of their gateway
 * taken off (NUMBERS: Place in time), and so is `received`. What only frames need is null. DuckDB sorts, and spills.
 */
export async function* sightingsPlaced(connection: DuckDBConnection): AsyncGenerator<Sighting[]> {
  const words = await wordsIn(connection, 'words_of_sightings');
  const result = await connection.stream(sql(import.meta.url, 'sightings_placed'));
  for await (const [times, gateways, badges, levels] of numbersOf(result)) {
    const sightings = new Array<Sighting>(times!.length);
    for (let i = 0; i < sightings.length; i += 1)
      sightings[i] = sightingAt(times![i]!, words[gateways![i]!]!, words[badges![i]!]!, levels![i]!);
    yield sightings;
  }
}

const sightingAt = (time: number, gateway: string, badge: string, rssi: number): Sighting => ({
  kind: 'sighting',
  time,
  received: time,
  gateway,
  badge,
  rssi,
  temperature: null,
  claps: null,
  battery: null,
  simulated: false,
});

/** Columns of `placed.sql` that are codes. */
const CODED = new Set(['kind', 'gateway', 'badge', 'sensor', 'quantity', 'status']);

/** Everything that was `heard`, in the same order; frozen claps are 0. */
export async function* observationsPlaced(connection: DuckDBConnection): AsyncGenerator<Observation[]> {
  const words = { columns: CODED, list: await wordsIn(connection, 'words') };
  const result = await connection.stream(sql(import.meta.url, 'placed'));
  for await (const rows of rowsOf(result, words)) yield rows as Observation[];
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

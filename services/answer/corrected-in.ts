import { type CorrectedOptions, correctedOf } from '../locate/corrected.ts';
import type { Observation } from '../model/observation.ts';
import type { Presence } from '../model/presence.ts';
import type { Venue } from '../model/venue.ts';
import { openDatabase } from '../store/database.ts';
import { duckdbStore } from '../store/duckdb.ts';
import { learnSkew, sightingsPlaced } from './placed.ts';

/** The corrected presences of observations in any order: a DuckDB in memory puts them where they belong, and spills. */
export async function* correctedIn(
  batches: AsyncIterable<Observation[]> | Iterable<Observation[]>,
  venue: Venue,
  span: CorrectedOptions,
): AsyncGenerator<Presence> {
  const database = await openDatabase(null);
  const store = await duckdbStore(database);
  const connection = await database.connect();
  try {
    for await (const observations of batches) await store.append({ observations, rejects: [] });
    await connection.run('CREATE TEMP VIEW heard AS FROM observations');
    await learnSkew(connection);
    yield* correctedOf(sightingsPlaced(connection), venue, span);
  } finally {
    connection.closeSync();
    await store.close();
    database.close();
  }
}

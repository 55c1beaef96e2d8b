import { learnSkew, observationsPlaced, sightingsPlaced } from '../../services/answer/placed.ts';
import { correctedFrames, type EachCorrected } from '../../services/locate/correct-frames.ts';
import { correctedOf } from '../../services/locate/corrected.ts';
import { BATCH_MAX } from '../../services/model/batch.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';

/** Tells the corrected frames of a span as jobs and answers make them, from all that was told of a world. */
export async function correct(told: Observation[], venue: Venue, span: Span, each: EachCorrected): Promise<void> {
  const database = await openDatabase(null);
  const store = await duckdbStore(database);
  const connection = await database.connect();
  try {
    for (let i = 0; i < told.length; i += BATCH_MAX)
      await store.append({ observations: told.slice(i, i + BATCH_MAX), rejects: [] });
    await connection.run('CREATE TEMP VIEW heard AS FROM observations');
    await learnSkew(connection);
    const presences: Presence[] = [];
    for await (const one of correctedOf(sightingsPlaced(connection), venue, span)) presences.push(one);
    presences.sort((a, b) => a.from - b.from);
    await correctedFrames(observationsPlaced(connection), presences, venue, span, () => true, each);
  } finally {
    connection.closeSync();
    await store.close();
    database.close();
  }
}

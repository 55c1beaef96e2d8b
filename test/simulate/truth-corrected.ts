import { learnSkew, observationsPlaced, sightingsPlaced } from '../../services/answer/placed.ts';
import { correctedFrames, type EachCorrected } from '../../services/locate/correct-frames.ts';
import { correctedOf } from '../../services/locate/corrected.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';

/** Keeps all that is told of a world, and then tells the corrected frames of a span as jobs and answers make them. */
export async function createCorrecting() {
  const database = await openDatabase(null);
  const store = await duckdbStore(database);
  return {
    keep: async (observations: Observation[]) => void (await store.append({ observations, rejects: [] })),
    async tell(venue: Venue, span: Span, each: EachCorrected): Promise<void> {
      const connection = await database.connect();
      try {
        await connection.run('CREATE TEMP VIEW heard AS FROM observations');
        await learnSkew(connection);
        const presences: Presence[] = [];
        for await (const one of correctedOf(sightingsPlaced(connection), venue, span)) presences.push(one);
        presences.sort((a, b) => a.from - b.from);
        await correctedFrames(observationsPlaced(connection), presences, venue, span, () => true, each);
      } finally {
        connection.closeSync();
      }
    },
    async close() {
      await store.close();
      database.close();
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../jobs/job.ts';
import { publish } from '../../services/ledger/manifest.ts';

/** A small job that does all that jobs do: how many sightings of each gateway, from a copy, into a revision of the day. */
export const tally = (pauseMs = 0): Job => ({
  name: 'tally',
  summary: 'Counts sightings by gateway',
  cron: '* * * * *',
  after: [],
  async run({ day, ...span }, { house, venue, copy, database, now, progress, signal }) {
    const file = await copy(span, 'rows');
    progress(0.5, 'it is copied');
    const { connection } = await database();
    let rows = 0;
    const { part, isNew } = await publish(
      house,
      'presences',
      { day, span, positions: [], venue: venue.version, rule: 'tally', made: now(), note: null, asSeen: false },
      async (aside) => {
        const values = { file, aside };
        await connection.run(
          'COPY (SELECT gateway, count(*) AS n FROM read_parquet($file) GROUP BY gateway ORDER BY gateway) TO $aside (FORMAT parquet)',
          values,
        );
        await sleep(pauseMs, undefined, { signal });
        const found = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM read_parquet($aside)', { aside });
        rows = found.getRows()[0]![0] as number;
        return rows;
      },
    );
    return { rows, revisions: [{ dataset: 'presences', revision: part.revision, isNew }] };
  },
});

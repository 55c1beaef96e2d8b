import { type Derived, readParts } from '../services/ledger/manifest.ts';
import { daysIn } from '../services/model/day.ts';
import { anomalies } from './anomalies.ts';
import { baselines } from './baselines.ts';
import type { Bench, Chore } from './job.ts';

/** The day that is open: what is normal on it, for the frames that are made now, and what was unusual on it so far. */
export const watch: Chore = {
  name: 'watch',
  summary: 'What is normal today, and what was unusual so far, as it was seen',
  cron: '* * * * *',
  async tidy(bench) {
    const now = bench.now();
    const [today] = daysIn({ from: now, until: now + 1 }, bench.venue.zone);
    // What is normal today changes with the days before alone.
    if (!(newestIn(bench, 'baselines', today!.day) > newestIn(bench, 'frames'))) await baselines.run(today!, bench);
    return (await anomalies.run(today!, bench)).rows;
  },
};

/** When the newest part was made, UTC ms; −Infinity: there is none. */
const newestIn = ({ house }: Bench, dataset: Derived, day?: string): number =>
  Math.max(
    ...readParts(house, dataset)
      .filter((part) => day === undefined || part.day === day)
      .map(({ made }) => made),
  );

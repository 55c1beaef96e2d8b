import { DERIVED, sweep as sweepFolder } from '../services/ledger/manifest.ts';
import type { Chore } from './job.ts';

/** Removes what was derived and no manifest has named for a day. */
export const sweep: Chore = {
  name: 'sweep',
  summary: 'Removes files of revisions that no manifest has named for a day',
  cron: '20 3 * * *',
  async tidy({ house, now }) {
    let count = 0;
    for (const dataset of DERIVED) count += sweepFolder(house, dataset, now());
    return count;
  },
};

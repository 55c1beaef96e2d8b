import { keepFor } from '../../jobs/main.ts';
import { readConfig } from '../../services/settings/config.ts';
import { tally } from './tally.ts';

/** The jobs of a running service, with one more: `DATA_DIR PAUSE_MS`. */
const [dataDir, pauseMs] = process.argv.slice(2) as [string, string];
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
await keepFor(readConfig({ DATA_DIR: dataDir, DEMO: 'off' }), stopping.signal, {
  jobs: [tally(Number(pauseMs))],
  chores: [],
  leaseMs: 1500,
});

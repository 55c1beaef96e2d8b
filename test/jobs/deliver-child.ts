import { setTimeout as sleep } from 'node:timers/promises';
import { keepDelivering } from '../../jobs/deliver/keep.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import type { Venue } from '../../services/model/venue.ts';
import { readConfig } from '../../services/settings/config.ts';
import { shownOf } from '../../services/settings/destinations.ts';
import { VENUE } from '../deliver/parcels.ts';

/** Sends what a folder publishes, in a process of its own that is killed: `HOUSE`, with DESTINATIONS in its environment. */
const [house] = process.argv.slice(2) as [string];
const { destinations, announcers } = readConfig(process.env);
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
const ledger = await fileLedger(`${house}/ledger`);
await keepDelivering({
  ...{ destinations, house, ledger, now: Date.now, publicUrl: null, owner: String(process.pid), leaseMs: 1500 },
  shown: destinations.map((one) => shownOf(one, announcers)),
  venue: () => ({ file: VENUE }) as Venue,
  signal: stopping.signal,
  failed: (_error, words) => void process.stderr.write(`${words}\n`),
});
await sleep(0);
ledger.close();

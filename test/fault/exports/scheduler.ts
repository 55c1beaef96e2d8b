import { join } from 'node:path';
import { exports } from '../../../jobs/exports/exports.ts';
import type { Bench } from '../../../jobs/job.ts';
import { fileLedger } from '../../../services/ledger/file.ts';
import type { Meta } from '../../../services/model/query.ts';
import { openMemory } from '../../../services/store/database.ts';
import { WORLD } from '../../jobs/scheduled.ts';

/**
 * One who fills what is due, `HOUSE NOW`, with a ledger of its own over the file. A DuckDB file has one owner, so it asks its
 * parent, as jobs ask the service. It begins when it is told to.
 */
const [house, now] = process.argv.slice(2) as [string, string];
const waiting = new Map<number, (meta: Meta) => void>();
const told = new Promise<void>((begin) =>
  process.on('message', (said: 'begin' | { id: number; meta: Meta }) => {
    if (said === 'begin') begin();
    else waiting.get(said.id)!(said.meta);
  }),
);
const ledger = await fileLedger(join(house, 'ledger'));
let asks = 0;
const bench = {
  ...{ house, ledger, venue: WORLD.venue, now: () => Number(now), progress: () => undefined },
  signal: new AbortController().signal,
  database: () => openMemory(house),
  ask: (asked, file) =>
    new Promise<Meta>((resolve) => {
      const id = asks++;
      waiting.set(id, resolve);
      process.send!({ id, asked, file });
    }),
} as Pick<Bench, 'ask'> as Bench;
process.send!('ready');
await told;
await exports.tidy(bench);
process.exit(0);

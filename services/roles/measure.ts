import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../house/engine.ts';
import { readDeliveries } from '../ledger/deliveries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Due, entriesIn, type Run } from '../ledger/runs.ts';
import { newestTellings, readTellings } from '../ledger/tellings.ts';
import { readTroubles } from '../ledger/troubles.ts';
import { holds } from '../locate/floorplan.ts';
import { DELIVERY_STATES } from '../model/delivery.ts';
import type { Venue } from '../model/venue.ts';
import type { Counts } from './counts.ts';

/** A gateway of the venue from which nothing has come for so long is silent, ms. */
const SILENT_MS = 2 * 60_000;

/** Words of rules that are counted at most: there are more for ever. */
const TOLD = 1000;

/** What is looked up when the page is read. */
export type Measured = {
  dataDir: string;
  /** the folder of store and ledger; null: in memory */
  folder: () => string | null;
  ledger: () => Pick<Ledger, 'list'>;
  /** what the embedded database holds in memory, bytes; null: there is none */
  memory: () => Engine['memory'];
  venue: () => Pick<Venue, 'gateways'>;
  /** when something last came from a gateway, UTC ms */
  heard: (gateway: string) => number | null;
  /** UTC ms */
  began: number;
  now: () => number;
};

type Meter = Pick<Counts, 'gauge' | 'gauges'>;

/** Puts a house on the Prometheus page: its disk, its gateways, its jobs and what they send. */
export function measure(meter: Meter, measured: Measured): void {
  measureDisk(meter, measured);
  measureJobs(meter, measured);
  meter.gauges(
    'hallway_gateways',
    'Gateways that the venue places now: heard in the last 2 min, or silent',
    'state',
    () => gatewaysOf(measured),
  );
}

function measureDisk({ gauge, gauges }: Meter, { dataDir, folder, memory }: Measured): void {
  const sizeOf = (...names: string[]) => {
    const house = folder();
    const size = (name: string) => statSync(join(house!, name), { throwIfNoEntry: false })?.size ?? 0;
    return house === null ? 0 : names.reduce((sum, name) => sum + size(name), 0);
  };
  gauge('hallway_store_bytes', 'The embedded database', () => sizeOf('hallway.duckdb', 'hallway.duckdb.wal'));
  gauges(
    'hallway_store_memory_bytes',
    'What the embedded database holds in memory: rows that wait for its file, and what questions need',
    'of',
    async () => (await memory()?.()) ?? {},
  );
  gauge('hallway_ledger_bytes', 'The ledger', () => sizeOf('ledger'));
  gauge('hallway_disk_free_bytes', 'Free for Hallway on the disk of the data folder', () => {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize;
  });
  gauge('hallway_disk_bytes', 'Size of the disk of the data folder', () => {
    const { blocks, bsize } = statfsSync(dataDir);
    return blocks * bsize;
  });
}

function measureJobs({ gauges }: Meter, { ledger }: Measured): void {
  gauges('hallway_jobs_due_days', 'Days that wait for a job, as of when it was last looked', 'job', async () => {
    const dues = await entriesIn<Due>(ledger(), 'due/');
    return Object.fromEntries([...dues].map(([key, { value }]) => [key.split('/')[1]!, value.days]));
  });
  gauges('hallway_jobs_failing', 'Runs of a job whose last state is failed', 'job', async () => {
    const failing: Record<string, number> = {};
    for (const { value } of (await entriesIn<Run>(ledger(), 'run/')).values())
      failing[value.job] = (failing[value.job] ?? 0) + (value.state === 'failed' ? 1 : 0);
    return failing;
  });
  gauges(
    'hallway_deliveries',
    `Deliveries of files, and of the newest ${TOLD} words of rules, that were tried, by how they stand`,
    'state',
    async () => {
      const tried = [...(await readDeliveries(ledger())).values(), ...(await toldOf(ledger())).values()];
      const rows = tried.map(({ value }) => value.state);
      return countsOf(DELIVERY_STATES, rows);
    },
  );
  gauges(
    'hallway_troubles',
    'Windows, deliveries and alerts of rules that have failed and are not well yet',
    'what',
    async () => {
      const { open } = await readTroubles(ledger());
      const kinds = open.map(({ schedule, destination }) =>
        schedule === null ? 'alert' : destination === null ? 'window' : 'delivery',
      );
      return countsOf(['window', 'delivery', 'alert'], kinds);
    },
  );
}

const toldOf = (ledger: Pick<Ledger, 'list'>) => readTellings(ledger, undefined, newestTellings(TOLD));

/** How often each is found, those that are not too. */
const countsOf = (names: readonly string[], found: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, found.filter((one) => one === name).length]));

/** Before a window has passed since the start nobody can be called silent. */
function gatewaysOf({ venue, heard, began, now }: Measured): Record<string, number> {
  const placed = new Set(
    venue()
      .gateways.filter((span) => holds(span, now()))
      .map(({ id }) => id),
  );
  const isSilent = (id: string) => now() - Math.max(began, heard(id) ?? 0) > SILENT_MS;
  const silent = [...placed].filter(isSilent).length;
  return { heard: placed.size - silent, silent };
}

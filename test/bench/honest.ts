import { join } from 'node:path';
import { openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';
import { influxStore } from '../../services/store/influx.ts';
import type { Store } from '../../services/store/store.ts';
import type { Again } from '../live/again.ts';
import { type Event, madeOf, record, replay, replayOf } from '../live/replayed.ts';
import { ownBucket, servers } from '../servers/servers.ts';
import { newFolder, remove } from '../service.ts';
import { tell } from './figure.ts';

/** Hours from the midnight of the first day: from noon of the day before to the end of the third. */
const [FROM, UNTIL] = [-12, 72];
const SPEED = 2000;
/** When so much is replayed, the process is killed; null: it is not. */
const KILLS = [null, 0.5];

const IN: Record<string, (event: Event, dataDir: string, killedAt: number | null) => Promise<void>> = {
  duckdb: inDuckdb,
  influx: inInflux,
};
/** HONEST_STORES=influx leaves the other out. */
const STORES = (process.env.HONEST_STORES ?? 'duckdb,influx').split(',');

/**
 * The whole simulated event through `SOURCE=replay` at 2,000 × into each store, once calm and once with a kill −9; then
 * `locate` over what is stored, frame by frame of the recorded positions, beside the record, cell for cell. Seconds are
 * those of a busy or a quiet machine alike: the replay waits for a slow river.
 */
export async function benchHonest(): Promise<void> {
  const folder = newFolder();
  const event = await record(folder, FROM, UNTIL);
  try {
    for (const store of STORES)
      for (const killedAt of KILLS) await IN[store]!(event, join(folder, `${store}-${killedAt}`), killedAt);
  } finally {
    remove(folder);
  }
}

async function inDuckdb(event: Event, dataDir: string, killedAt: number | null): Promise<void> {
  const seconds = await timed(() => replay(replayOf(event, dataDir, String(SPEED)), killedAt));
  const database = await openDatabase(join(dataDir, 'main'));
  const store = await duckdbStore(database);
  await print('duckdb', killedAt, event, seconds, store.read, dataDir);
  await store.close();
  database.close();
}

async function inInflux(event: Event, dataDir: string, killedAt: number | null): Promise<void> {
  const found = servers('influx');
  if (found.skip !== false) return tell({ measure: 'record made again, influx', run: found.skip });
  const { influx, drop } = await ownBucket(found.servers.influx);
  const env = {
    ...replayOf(event, dataDir, String(SPEED)),
    STORE: 'influx',
    INFLUX_URL: influx.url,
    INFLUX_TOKEN: influx.token,
    INFLUX_ORG: influx.org,
    INFLUX_BUCKET: influx.bucket,
  };
  try {
    const seconds = await timed(() => replay(env, killedAt));
    const store = await influxStore({ ...influx, keepDays: 0, seriesMax: 100_000, deadLetter: () => undefined });
    await print('influx', killedAt, event, seconds, store.read, dataDir);
    store.close();
  } finally {
    await drop();
  }
}

async function print(
  name: string,
  killedAt: number | null,
  event: Event,
  seconds: number,
  read: Store['read'],
  dataDir: string,
): Promise<void> {
  let rows = 0;
  for await (const some of read({ from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }))
    rows += some.length;
  let made: Again | undefined;
  const again = await timed(async () => {
    made = await madeOf(event, dataDir, read);
  });
  const { frames, gaps, presences, cells, differing, first } = made!;
  const speed = (event.hours * 3600) / seconds;
  const many = (count: number) => count.toLocaleString('en');
  tell({
    measure: `record made again, ${name}, ${killedAt === null ? 'calm' : 'a kill −9'}: cells that differ`,
    run: [
      `${many(rows)} of ${many(event.rows)} observations, ${many(frames)} frames, ${gaps} gaps, ${many(presences)} presences`,
      `${many(cells)} cells; replayed in ${Math.round(seconds)} s (× ${Math.round(speed)}), made again in ${Math.round(again)} s`,
    ].join(', '),
    found: differing,
    goal: '≤ 0',
  });
  if (differing > 0) throw new Error(first);
}

async function timed(task: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await task();
  return (performance.now() - began) / 1000;
}

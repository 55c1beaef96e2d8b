import { join } from 'node:path';
import { openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';
import { influxStore } from '../../services/store/influx.ts';
import type { Store } from '../../services/store/store.ts';
import type { Again } from '../live/again.ts';
import { type Event, madeOf, record, replay, replayOf } from '../live/replayed.ts';
import { ownBucket, servers } from '../servers/servers.ts';
import { newFolder, remove } from '../service.ts';

/** Hours from the midnight of the first day: from noon of the day before to the end of the third. */
const [FROM, UNTIL] = [-12, 72];
const SPEED = 2000;
/** When so much is replayed, the process is killed. */
const KILLED_AT = 0.5;

/**
 * The whole simulated event through `SOURCE=replay` at 2,000 × into each store, once calm and once with a kill −9; then
 * `locate` over what is stored, frame by frame of the recorded positions, beside the record, cell for cell. Seconds are
 * those of a busy or a quiet machine alike: the replay waits for a slow river.
 */
export async function benchHonest(): Promise<void> {
  const folder = newFolder();
  const event = await record(folder, FROM, UNTIL);
  console.log(`${event.rows} observations of ${event.hours} hours, SPEED=${SPEED}`);
  console.log('store, kill | rows | frames | gaps | presences | cells | differing | replay s | × | made again s');
  try {
    for (const killedAt of [null, KILLED_AT]) await inDuckdb(event, join(folder, `duckdb-${killedAt}`), killedAt);
    for (const killedAt of [null, KILLED_AT]) await inInflux(event, join(folder, `influx-${killedAt}`), killedAt);
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
  if (found.skip !== false) return console.log(`influx: ${found.skip}`);
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
  const speed = Math.round((event.hours * 3600) / seconds);
  const kill = killedAt === null ? 'none' : `at ${killedAt}`;
  console.log(
    [`${name}, ${kill}`, rows, frames, gaps, presences, cells, differing, seconds, speed, again]
      .map((cell) => (typeof cell === 'number' ? Math.round(cell).toLocaleString('en') : cell))
      .join(' | '),
  );
  if (differing > 0) throw new Error(first);
}

async function timed(task: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await task();
  return (performance.now() - began) / 1000;
}

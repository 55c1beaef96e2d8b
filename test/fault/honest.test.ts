import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from '../../services/model/frame.ts';
import { openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';
import { influxStore } from '../../services/store/influx.ts';
import { openRecord } from '../../services/store/record.ts';
import type { Store } from '../../services/store/store.ts';
import { type Event, madeOf, record, replay, replayOf, venueIn } from '../live/replayed.ts';
import { recorded } from '../live/scene.ts';
import { deployment, dropDeployments, noServers } from '../servers/deployment.ts';
import { newFolder, notBuilt, remove } from '../service.ts';

const SECOND_MS = 1000;
const ALL = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
/** Hours of day 2, over its lunch. */
const [FROM, UNTIL] = [24 + 12, 24 + 12.75];

async function countIn(read: Store['read']): Promise<number> {
  let count = 0;
  for await (const rows of read(ALL)) count += rows.length;
  return count;
}

async function withStore<T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> {
  const database = await openDatabase(join(dataDir, 'main'));
  const store = await duckdbStore(database);
  try {
    return await use(store);
  } finally {
    await store.close();
    database.close();
  }
}

describe('the as-seen record of a replayed event', { skip: notBuilt, timeout: 300_000 }, () => {
  const folder = newFolder();
  const [calm, killed] = [join(folder, 'calm'), join(folder, 'killed')];
  let event: Event;
  before(async () => {
    event = await record(folder, FROM, UNTIL);
  });
  after(async () => {
    remove(folder);
    await dropDeployments();
  });
  const framesIn = async (dataDir: string): Promise<Frame[]> =>
    (await recorded(openRecord(join(dataDir, 'main', 'as-seen'), venueIn(event).zone))).frames;

  it('is made again from the store by its positions, cell for cell, and has every second', async () => {
    await replay(replayOf(event, calm), null);
    await withStore(calm, async (store) => {
      assert.equal(await countIn(store.read), event.rows);
      const made = await madeOf(event, calm, store.read);
      assert.deepEqual([made.differing, made.first, made.gaps], [0, '', 0]);
      assert.ok(Math.abs(made.frames - event.hours * 3600) <= 2, `${made.frames} frames`);
      assert.ok(made.presences > 300, `${made.presences} presences`);
      // What it says is worth as much as what it finds: a store that lost an observation in a thousand is found out.
      const robbed: Store['read'] = async function* (...asked) {
        for await (const rows of store.read(...asked)) yield rows.filter((_, i) => i % 1000 !== 999);
      };
      assert.ok((await madeOf(event, calm, robbed)).differing > 0);
    });
  });

  it('with a kill −9 in it has a gap, and nothing else differs', async () => {
    await replay(replayOf(event, killed), 0.4);
    await withStore(killed, async (store) => {
      assert.equal(await countIn(store.read), event.rows);
      const made = await madeOf(event, killed, store.read);
      assert.deepEqual([made.differing, made.first, made.gaps], [0, '', 1]);
    });
    const undisturbed = new Map((await framesIn(calm)).map((frame) => [frame.time, frame]));
    const frames = await framesIn(killed);
    const steps = frames.slice(1).map(({ time }, i) => (time - frames[i]!.time) / SECOND_MS);
    assert.deepEqual(steps.filter((step) => step > 1).length, 1, 'one gap');
    assert.equal(frames.at(-1)!.time, [...undisturbed.keys()].at(-1), 'both end with the recording');
    for (const { time, rooms } of frames) assert.deepEqual(rooms, undisturbed.get(time)!.rooms, String(time));
    assert.equal(frames.length + steps.reduce((sum, step) => sum + step - 1, 0), undisturbed.size);
    assert.equal(readdirSync(join(killed, 'main', 'as-seen')).length, 1);
    const [day] = readdirSync(join(killed, 'main', 'as-seen'));
    assert.ok(readFileSync(join(killed, 'main', 'as-seen', day!), 'utf8').endsWith('\n'));
  });

  it('is as honest with InfluxDB, over a kill −9', { skip: noServers }, async () => {
    const { env, bucket } = await deployment();
    await replay({ ...env, ...replayOf(event, env.DATA_DIR!), STORE: 'influx' }, 0.4);
    const store = await influxStore({ ...bucket.influx, keepDays: 0, seriesMax: 100_000, deadLetter: () => undefined });
    try {
      assert.equal(await countIn(store.read), event.rows);
      const made = await madeOf(event, env.DATA_DIR!, store.read);
      assert.deepEqual([made.differing, made.first, made.gaps], [0, '', 1]);
    } finally {
      store.close();
    }
  });
});

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settled } from '../../services/source/kafka/options.ts';
import { kafkaSource } from '../../services/source/kafka.ts';
import { influxStore } from '../../services/store/influx.ts';
import type { Stored } from '../../services/store/store.ts';
import { river } from '../../services/work/river.ts';
import { ownBucket, servers } from '../servers/servers.ts';
import { context, forget, fresh, makeTopics, produce } from '../source/kafka-broker.ts';

const { servers: found, skip } = servers('kafka', 'influx');
const T0 = Date.UTC(2026, 10, 3, 10);
const COUNT = 6000;

const topics: Settled[] = [];
after(async () => {
  for (const options of topics) await forget(options);
});

/** Observations of 20 gateways in packs of one to thirty, as many gateways would send them. */
async function send(options: Settled): Promise<void> {
  const messages = [];
  for (let n = 0; n < COUNT; ) {
    const gateway = `pi-${n % 20}`;
    const size = Math.min(COUNT - n, 1 + (n % 30));
    const lines = Array.from({ length: size }, (_, i) =>
      JSON.stringify({
        time: T0 + (n + i) * 100,
        gateway,
        badge: `k1.${String((n + i) % 300).padStart(16, '0')}`,
        rssi: -60,
      }),
    );
    messages.push({ key: gateway, value: lines.join('\n') });
    n += size;
  }
  await produce(options, messages);
}

/** What so many consumers of one group have stored of a topic. */
async function storedBy(consumers: number, options: Settled): Promise<Stored[]> {
  const bucket = await ownBucket(found!.influx);
  const open = () => influxStore({ ...bucket.influx, keepDays: 0, seriesMax: 100_000, deadLetter: () => undefined });
  const stop = new AbortController();
  const stores = await Promise.all(Array.from({ length: consumers }, open));
  let [stored, working] = [0, 0];
  const flowing = stores.map((store) => {
    let mine = 0;
    const source = kafkaSource({ ...options, groupId: `${options.prefix}group-${consumers}` }, context);
    return river(source, store, stop.signal, {
      took(_batch, receipt) {
        if (mine === 0) working += 1;
        mine += receipt.stored;
        stored += receipt.stored;
      },
    });
  });
  for (const end = Date.now() + 60_000; stored < COUNT && Date.now() < end; ) await sleep(50);
  stop.abort();
  await Promise.all(flowing);
  const rows: Stored[] = [];
  const all = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  for await (const some of stores[0]!.read(all)) rows.push(...some);
  for (const store of stores) store.close();
  await bucket.drop();
  assert.ok(working >= 1, `${working} of ${consumers} stored something`);
  return rows;
}

describe('role ingest', { skip, timeout: 200_000 }, () => {
  it('1, 2 and 4 consumers store the same rows, at the same positions, received at the same time', async () => {
    const options = fresh();
    topics.push(options);
    await makeTopics(options);
    await send(options);
    const [one, two, four] = [await storedBy(1, options), await storedBy(2, options), await storedBy(4, options)];
    assert.equal(one.length, COUNT);
    assert.deepEqual(two, one);
    assert.deepEqual(four, one);
  });
});

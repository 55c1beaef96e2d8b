/**
 * How fast the store writes and reads, beside InfluxDB alone fed the same lines:
 *   node --import tsx test/servers/influx-speed.ts [points] [gateways] [badges] [--read]
 */
import { InfluxDB } from '@influxdata/influxdb-client';
import type { Batch } from '../../services/model/batch.ts';
import type { Observation } from '../../services/model/observation.ts';
import { pointOf } from '../../services/store/influx/lines.ts';
import { poster } from '../../services/store/influx/post.ts';
import { querier } from '../../services/store/influx/query.ts';
import { type Influx, influxStore } from '../../services/store/influx.ts';
import { ownTags, placed, sighting } from '../sightings.ts';
import { ownBucket, servers } from './servers.ts';

const { servers: found, skip } = servers('influx');
if (skip) throw new Error(skip);
const [points = 1_000_000, gateways = 20, badges = 300] = process.argv.slice(2, 5).map(Number);
const writes = !process.argv.includes('--read');
const EVER = { from: -Infinity, until: Infinity };
/** Each badge is heard by one gateway after the other. */
const observations: Observation[] = Array.from({ length: points }, (_, i) =>
  sighting({
    time: Date.UTC(2026, 10, 3, 8) + Math.floor(i / 100) * 1000 + (i % 100) * 7,
    received: Date.UTC(2026, 10, 3, 8) + Math.floor(i / 100) * 1000 + 900,
    gateway: `pi-${i % gateways}`,
    badge: `k1.${String(Math.floor(i / gateways) % badges).padStart(16, 'A')}`,
    rssi: -40 - ((i * 7) % 50),
    temperature: 20 + ((i * 13) % 400) / 100,
    claps: i % 3 === 0 ? i % 7 : null,
  }),
);

const rate = (count: number, ms: number) => `${Math.round(count / ms)} k/s`;
async function timed<T>(name: string, count: number, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const mib = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${name.padEnd(52)} ${rate(count, ms).padStart(9)}  (cpu ${((user + system) / 1e3 / ms).toFixed(2)}, rss ${mib} MiB)`,
  );
  return result;
}

async function inBucket(work: (influx: Influx) => Promise<void>): Promise<void> {
  const { influx, drop } = await ownBucket(found!.influx);
  await work(influx).finally(drop);
}

/** InfluxDB alone: lines made beforehand, so many a request and requests at once. */
async function alone(lines: string[], zip: boolean, each: number, connections: number) {
  await inBucket(async (influx) => {
    const { post, close } = poster(influx, { connections, timeoutMs: 60_000, zip });
    const bodies = Array.from({ length: Math.ceil(points / each) }, (_, i) =>
      lines.slice(i * each, (i + 1) * each).join('\n'),
    );
    const work = async () => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await post(body);
    };
    await timed(`alone, ${each} lines, gzip ${zip ? 'on' : 'off'}, ${connections} in flight`, points, () =>
      Promise.all(Array.from({ length: connections }, work)),
    );
    close();
  });
}

async function written(influx: Influx, each: number, isPlaced: boolean, zip: boolean) {
  const store = await influxStore({ ...influx, keepDays: 0, seriesMax: 100_000, zip, deadLetter: () => {} });
  const batches: Batch[] = Array.from({ length: Math.ceil(points / each) }, (_, i) => ({
    observations: observations.slice(i * each, (i + 1) * each),
    rejects: [],
    ...(isPlaced && { positions: placed(Array.from({ length: each }, (_, k) => i * each + k)) }),
  }));
  const work = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) await store.append(batch);
  };
  const atOnce = isPlaced ? 4 : 1;
  await timed(`store, batches of ${each}, ${atOnce} at once, gzip ${zip ? 'on' : 'off'}`, points, () =>
    Promise.all(Array.from({ length: atOnce }, work)),
  );
  return store;
}

async function readings(influx: Influx, store: Awaited<ReturnType<typeof influxStore>>) {
  await timed('read: the store, in order of position', points, async () => {
    let [count, last] = [0, -1];
    for await (const rows of store.read(EVER)) {
      for (const { position } of rows) {
        if (position < last) throw new Error('out of order');
        last = position;
      }
      count += rows.length;
    }
    if (count !== points) throw new Error(`expected ${points} rows, found ${count}`);
  });
  const all = { from: { ns: '0' }, until: { ns: '9000000000000000000' }, after: -1, upto: Number.MAX_SAFE_INTEGER };
  await timed('read: InfluxQL, chunked CSV, by time', points, async () => {
    for await (const _ of querier(influx).stream('sighting', all));
  });
  const flux = async (text: string) => {
    const api = new InfluxDB({ url: influx.url, token: influx.token, timeout: 600_000 }).getQueryApi(influx.org);
    let count = 0;
    for await (const _ of api.iterateLines(text)) count++;
    return count;
  };
  const from = `from(bucket: "${influx.bucket}") |> range(start: 2026-01-01T00:00:00Z, stop: 2027-01-01T00:00:00Z)`;
  await timed('read: Flux, a row a field (lines, not put together)', points, () => flux(from));
  await timed('read: Flux, pivot (lines, not parsed)', points, () =>
    flux(`${from} |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")`),
  );
}

const book = ownTags();
const lines = await timed('lines made (no network)', points, async () =>
  observations.map((observation, i) => pointOf(observation, Math.floor(i / 10_000) + 1, book).text),
);
for (const zip of writes ? [true, false] : [])
  for (const [each, connections] of [
    [5000, 1],
    [5000, 4],
    [10_000, 1],
    [10_000, 4],
  ] as const)
    await alone(lines, zip, each, connections);
for (const [each, placed, zip] of writes
  ? ([
      [5000, true, true],
      [5000, true, false],
      [5000, false, true],
      [10_000, false, false],
      [10_000, true, true],
    ] as const)
  : [])
  await inBucket(async (influx) => (await written(influx, each, placed, zip)).close());
await inBucket(async (influx) => {
  const store = await written(influx, 10_000, false, true);
  await readings(influx, store);
  store.close();
});

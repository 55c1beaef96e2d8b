import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDB, setLogger } from '@influxdata/influxdb-client';
import type { Observation } from '../../../services/model/observation.ts';
import { pointOf } from '../../../services/store/influx/lines.ts';
import { ownBucket } from '../../servers/servers.ts';
import { ownTags, sighting } from '../../sightings.ts';
import { inInflux } from './evidence.ts';
import { proxyTo } from './proxy.ts';
import type { Ground } from './site.ts';

const POINTS = 200_000;
const OUTAGE_MS = 30_000;
const [BEFORE_MS, AFTER_MS] = [5000, 10_000];
const TICK_MS = 100;

/** The client's buffered writer with its defaults, fed evenly before, in and after an outage that answers 503. */
export async function runStock({ servers }: Ground): Promise<void> {
  const bucket = await ownBucket(servers.influx);
  const proxy = await proxyTo(servers.influx.url);
  const { token, org } = servers.influx;
  // it prints a trace for each request
  setLogger({ warn: () => undefined, error: () => undefined });
  try {
    const writer = new InfluxDB({ url: proxy.url, token }).getWriteApi(org, bucket.influx.bucket, 'ns');
    const outage = sleep(BEFORE_MS).then(() => proxy.during('503', OUTAGE_MS));
    await feed((line) => writer.writeRecord(line));
    const felt = await outage;
    const said = await writer.close().then(
      () => 'close() resolved',
      (error: Error) => `close() threw ${error.message}`,
    );
    const { contents } = await inInflux(bucket.influx);
    console.log(`stock WriteApi, its defaults, 503 for ${OUTAGE_MS / 1000} s (${felt} requests met it); ${said}`);
    console.log(`sent ${POINTS} stored ${contents.length} lost ${POINTS - contents.length}`);
  } finally {
    await proxy.close();
    await bucket.drop();
  }
}

async function feed(write: (line: string) => void): Promise<void> {
  const ticks = (BEFORE_MS + OUTAGE_MS + AFTER_MS) / TICK_MS;
  const book = ownTags();
  const began = performance.now();
  for (let tick = 0, n = 0; tick < ticks; tick++) {
    for (; n < (POINTS * (tick + 1)) / ticks; n++) write(pointOf(point(n), n, book).text);
    await sleep(began + (tick + 1) * TICK_MS - performance.now());
  }
}

const point = (n: number): Observation =>
  sighting({
    time: Date.UTC(2026, 10, 3, 10) + n,
    gateway: `pi-${n % 20}`,
    badge: `k1.${String(n % 300).padStart(16, 'A')}`,
  });

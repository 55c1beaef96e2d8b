import { statSync } from 'node:fs';
import { influxStore } from '../services/store/influx.ts';
import { ownBucket, servers } from '../test/servers/servers.ts';
import { batchOf, placed, sighting } from '../test/sightings.ts';
const { influx } = servers('influx').servers!;
const own = await ownBucket(influx);
const mib = () => Math.round(process.memoryUsage().rss / 2 ** 20);
const store = await influxStore({ ...own.influx, keepDays: 0, seriesMax: 100_000, deadLetter: () => {} });
const T0 = Date.UTC(2026, 10, 3);
let n = 0;
const fill = async (upto: number) => {
  while (n < upto) {
    const jobs: Promise<unknown>[] = [];
    for (let k = 0; k < 4 && n < upto; k++) {
      const some = Array.from({ length: 10_000 }, (_, i) => sighting({ gateway: `pi-${(n + i) % 20}`, badge: `k1.${String((n + i) % 300).padStart(16, '0')}`, time: T0 + (n + i) * 2, received: T0 + (n + i) * 2, rssi: -40 - ((n + i) % 50) }));
      jobs.push(store.append({ ...batchOf(some), positions: placed(some.map((_, i) => ((n + i) % 8) * 2 ** 44 + Math.floor((n + i) / 8))) }));
      n += 10_000;
    }
    await Promise.all(jobs);
  }
};
const peak = async (work: () => Promise<number>) => {
  globalThis.gc?.();
  const before = mib();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, mib())), 20);
  const began = performance.now();
  const rows = await work();
  clearInterval(timer);
  return `${rows} rows, ${((performance.now() - began) / 1000).toFixed(1)} s, RSS ${before} → at most ${most} MiB`;
};
try {
  for (const upto of [250_000, 1_000_000, 3_000_000]) {
    await fill(upto);
    console.log('read', await peak(async () => { let c = 0; let last = -1; for await (const rows of store.read({ from: -Infinity, until: Infinity })) { c += rows.length; for (const r of rows) { if (r.position < last) throw new Error('order'); last = r.position; } } return c; }));
    console.log('copy', await peak(async () => { await store.copy({ from: T0 - 1, until: T0 + 1e9 }, `/tmp/h/servers18-data/copy-${upto}.parquet`); return statSync(`/tmp/h/servers18-data/copy-${upto}.parquet`).size; }));
  }
} finally { store.close(); await own.drop(); }

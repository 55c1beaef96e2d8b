import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Observation } from '../../services/model/observation.ts';
import type { Span } from '../../services/model/venue.ts';
import { copyOf } from '../../services/store/copy.ts';
import { COPIES, openDatabase } from '../../services/store/database.ts';
import { duckdbStore } from '../../services/store/duckdb.ts';
import type { InfluxStore } from '../../services/store/influx.ts';
import { newFolder, remove } from '../service.ts';
import { batchOf, sighting } from '../sightings.ts';

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 10, 3, 9);
const common = { received: FROM, simulated: false };
const observations: Observation[] = [
  ...[0, 1, 2, 3].map((i) =>
    sighting({ time: FROM + i * HOUR * 0.5, badge: `k1.${'A'.repeat(15)}${i}`, gateway: `pi-${i % 3}` }),
  ),
  sighting({ time: FROM + 5, temperature: 21.37, claps: 3, battery: 2.951, simulated: true }),
  { kind: 'measurement', time: FROM + 6, ...common, sensor: 's-1', quantity: 'co2', value: 612.5 },
  { kind: 'measurement', time: FROM + HOUR + 6, ...common, sensor: 's-2', quantity: 'co2', value: 1 },
  { kind: 'heartbeat', time: FROM + 7, ...common, gateway: 'pi-9', status: 'online', info: '{"a":1}' },
  { kind: 'heartbeat', time: FROM + HOUR + 7, ...common, gateway: 'pi-0', status: 'offline', info: null },
];

it('copyOf(): what hours in Parquet have is in every table beside what was copied, once, as if all had been stored', async () => {
  const folder = newFolder();
  const database = await openDatabase(folder);
  const store = await duckdbStore(database);
  await store.append(batchOf(observations));
  mkdirSync(join(folder, COPIES));
  const file = join(folder, COPIES, 'hour.parquet');
  const hour = { from: FROM, until: FROM + HOUR };
  await store.copy(hour, file);
  const rowsIn = ({ from, until }: Span) => observations.filter(({ time }) => time >= from && time < until).length;
  const read: Span[] = [];
  const influx = {
    holdings: { count: async (span: Span) => rowsIn(span), hours: async () => new Map([[FROM, rowsIn(hour)]]) },
    read: (span: Span) => {
      read.push(span);
      return store.read(span);
    },
  } as unknown as InfluxStore;
  const span = { from: FROM, until: FROM + 2 * HOUR };
  const wanted = { what: 'observations', span, newest: null, asMany: false, max: 500_000 } as const;
  const copy = await copyOf(influx, wanted, FROM + 3 * HOUR, [{ span: hour, rows: rowsIn(hour), file }]);
  const asked = async (from: Pick<typeof database, 'connect'>, text: string) => {
    const connection = await from.connect();
    const found = await connection.runAndReadAll(text);
    connection.closeSync();
    return found.getRowsJson();
  };
  const named = (table: string, ...names: string[]) =>
    `SELECT ${names.map((name) => `(SELECT text FROM name WHERE code = ${name})`)}, * EXCLUDE (${names}) FROM ${table} ORDER BY ALL`;
  try {
    assert.deepEqual(read, [{ from: FROM + HOUR, until: span.until }], 'an hour that is whole is not copied');
    for (const text of [
      'FROM observations ORDER BY ALL',
      named('sighting', 'gateway', 'badge'),
      named('measurement', 'sensor', 'quantity'),
      named('heartbeat', 'gateway', 'status'),
      'SELECT text, count(*) FROM name GROUP BY ALL ORDER BY ALL',
    ])
      assert.deepEqual(await asked(copy, text), await asked(database, text), text);
  } finally {
    copy.close();
    await store.close();
    database.close();
    remove(folder);
  }
});

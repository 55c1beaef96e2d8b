import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { hours } from '../../jobs/hours.ts';
import type { Bench } from '../../jobs/job.ts';
import { influxEngine } from '../../services/house/engine.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Query } from '../../services/model/query.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { COPIES, type Database, openDatabase, openMemory } from '../../services/store/database.ts';
import { type DuckdbStore, duckdbStore } from '../../services/store/duckdb.ts';
import type { InfluxStore } from '../../services/store/influx.ts';
import { newFolder, remove } from '../service.ts';
import { batchOf, sighting } from '../sightings.ts';
import { everything } from '../store/contract.ts';

const HOUR = 3_600_000;
/** A day of a zone that is half an hour off: its hours are those of UTC that begin in it. */
const [DAY] = daysIn({ from: Date.UTC(2026, 10, 3, 12), until: Date.UTC(2026, 10, 3, 13) }, 'Asia/Kolkata');
const NOW = DAY!.from + 6.75 * HOUR;
const FIRST = DAY!.from + HOUR / 2;
const ALL: Query = { dataset: 'gateways' };

let [folder, database, store] = ['', null as unknown as Database, null as unknown as DuckdbStore];
beforeEach(async () => {
  folder = newFolder();
  mkdirSync(join(folder, COPIES));
  database = await openDatabase(folder);
  store = await duckdbStore(database);
  // every 20 minutes from an hour before the day on
  const rows = Array.from({ length: 30 }, (_, i) => sighting({ time: DAY!.from - HOUR + i * (HOUR / 3), rssi: -i }));
  await store.append(batchOf(rows.filter(({ time }) => time < NOW)));
});
afterEach(async () => {
  await store.close();
  database.close();
  remove(folder);
});

function run() {
  const bench: Bench = {
    house: folder,
    venue: { version: 'v1' } as Venue,
    record: null as unknown as Bench['record'],
    ledger: memoryLedger(),
    async copy(span, what) {
      const file = join(folder, COPIES, 'day.parquet');
      await store.copy(span, file, undefined, what);
      return file;
    },
    ask: () => Promise.reject(new Error('expected nobody to ask')),
    database: () => openMemory(folder),
    now: () => NOW,
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  return hours.run(DAY!, bench);
}

/** A bucket as far as questions go, with what the store holds; `live` are the spans that were read of it. */
function engine() {
  const live: Span[] = [];
  const count = async (span: Span) => (await everything(store, span)).length;
  const bucket = {
    holdings: {
      count,
      countRejects: async () => 0,
      async hours({ from, until }: Span) {
        const found = new Map<number, number>();
        for (let at = from; at < until; at += HOUR) found.set(at, await count({ from: at, until: at + HOUR }));
        return found;
      },
    },
    read(span: Span) {
      live.push(span);
      return store.read(span);
    },
  } as unknown as InfluxStore;
  return { engine: influxEngine(bucket, () => NOW, folder), live };
}

/** What a question sees, and how much of it was read live. */
async function seen(query: Query = ALL) {
  const { engine: asked, live } = engine();
  const opened = await asked.tables(query);
  const connection = await opened.connect();
  const found = await connection.runAndReadAll('SELECT rssi, position::DOUBLE FROM observations ORDER BY rssi');
  connection.closeSync();
  opened.close();
  return { rows: found.getRows(), live };
}

const stored = async () =>
  (await everything(store))
    .map((row) => [(row as Observation & { rssi: number }).rssi, row.position])
    .sort((a, b) => a[0]! - b[0]!);

describe('hours', () => {
  it('writes each hour that is over, once: again it is no new revision', async () => {
    const made = await run();
    assert.equal(made.revisions.length, 6);
    assert.ok(made.revisions.every(({ isNew }) => isNew));
    assert.equal(made.rows, 18);
    const parts = readParts(folder, 'observations');
    assert.deepEqual(
      parts.map(({ day, span, rows }) => [day, span.from, rows]),
      Array.from({ length: 6 }, (_, i) => [new Date(FIRST + i * HOUR).toISOString().slice(0, 13), FIRST + i * HOUR, 3]),
    );
    const bytes = () => parts.map((part) => readFileSync(fileOf(folder, 'observations', part)));
    const before = bytes();
    assert.ok((await run()).revisions.every(({ isNew }) => !isNew));
    assert.deepEqual(bytes(), before);
  });

  it('questions read them, and what is outside of them live: together all there is, once', async () => {
    const before = await seen();
    assert.deepEqual(before.rows, await stored());
    await run();
    const { rows, live } = await seen();
    assert.deepEqual(rows, await stored());
    assert.ok(
      live.every(({ from, until }) => until <= FIRST || from >= FIRST + 6 * HOUR),
      'nothing of a closed hour is copied',
    );
    const half = { from: FIRST + 1.5 * HOUR, until: FIRST + 2.5 * HOUR };
    assert.deepEqual((await seen({ dataset: 'gateways', span: half })).live, [], 'hours that touch a span are enough');
  });

  it('an hour that was touched since is read live, and written again', async () => {
    await run();
    const late = sighting({ time: FIRST + 2 * HOUR + 1, received: NOW, rssi: 19 });
    await store.append(batchOf([late]));
    const { rows, live } = await seen();
    assert.deepEqual(rows, await stored());
    assert.ok(
      live.some(({ from }) => from === FIRST + 2 * HOUR),
      'that hour',
    );
    const again = await run();
    assert.deepEqual(
      again.revisions.map(({ isNew }) => isNew),
      [false, false, true, false, false, false],
    );
    assert.deepEqual((await seen()).rows, await stored());
  });
});

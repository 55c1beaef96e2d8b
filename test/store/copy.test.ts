import assert from 'node:assert/strict';
import { it } from 'node:test';
import { writeCursor } from '../../services/answer/cursor.ts';
import { influxEngine } from '../../services/house/engine.ts';
import type { Query } from '../../services/model/query.ts';
import type { Span } from '../../services/model/venue.ts';
import { COPIED_MAX } from '../../services/store/copy.ts';
import type { InfluxStore } from '../../services/store/influx.ts';
import { sighting } from '../sightings.ts';

const NOW = Date.UTC(2026, 10, 3, 12);
/** A row every 100 ms for 100,000 s: twice as many as may be copied. */
const STEP_MS = 100;
const COUNT = 2 * COPIED_MAX;
const FIRST = NOW - COUNT * STEP_MS;

const within = ({ from, until }: Span): [number, number] => [
  Math.max(0, Math.ceil((from - FIRST) / STEP_MS)),
  Math.min(COUNT, Math.ceil((until - FIRST) / STEP_MS)),
];

/** A bucket with more in it than may be copied, which makes its rows when they are read. */
function bigBucket() {
  const read: Span[] = [];
  const store = {
    holdings: {
      async count(span: Span) {
        const [first, end] = within(span);
        return Math.max(0, end - first);
      },
      countRejects: async () => 0,
    },
    async *read(span: Span) {
      read.push(span);
      const [first, end] = within(span);
      // Enough to see that they are the newest; the rest of a long span is not made.
      for (let i = Math.max(first, end - 1000); i < end; i++)
        yield [{ ...sighting({ time: FIRST + i * STEP_MS }), position: i + 1 }];
    },
  } as unknown as InfluxStore;
  return { engine: influxEngine(store, () => NOW), read };
}

const timesOf = async (query: Query) => {
  const { engine } = bigBucket();
  const opened = await engine.tables(query);
  const connection = await opened.connect();
  const found = await connection.runAndReadAll('SELECT epoch_ms(max(time))::DOUBLE, count(*)::INTEGER FROM sighting');
  connection.closeSync();
  opened.close();
  const [[newest, count]] = found.getRows() as [[number, number]];
  return { newest, count, from: opened.from };
};

it('the newest of a big bucket are copied, and a page goes on at its cursor', async () => {
  const first = await timesOf({ dataset: 'observations', limit: 2 });
  assert.equal(first.newest, NOW - STEP_MS);
  assert.ok(first.count > 2 && first.count <= 1000, `${first.count} rows`);
  const time = NOW - 50_000_000;
  const cursor = writeCursor('-time', ['time'], { time });
  const next = await timesOf({ dataset: 'observations', limit: 2, cursor });
  assert.equal(next.newest, time);
});

it('gateways of a big bucket are those of its newest part, and the answer is told from when', async () => {
  const { from } = await timesOf({ dataset: 'gateways' });
  assert.ok(from! >= NOW - COPIED_MAX * STEP_MS && from! < NOW - (COPIED_MAX * STEP_MS) / 2.1, `${NOW - from!} ms`);
});

it('what needs more than may be copied is refused, with how much there is', async () => {
  const { engine } = bigBucket();
  const queries: Query[] = [
    { dataset: 'observations', limit: null },
    { dataset: 'observations', filters: { gateway: 'pi-1' } },
    { dataset: 'observations', sort: 'time' },
    { dataset: 'gateways', span: { from: FIRST, until: NOW } },
  ];
  for (const query of queries)
    await assert.rejects(engine.tables(query), /\/from: expected a span with at most 500000 rows.*found 1000000 rows/);
});

it('what is written to a file is copied however much there is, until nobody waits for it', async () => {
  const { engine, read } = bigBucket();
  const query: Query = { dataset: 'observations', limit: null, toFile: true };
  const leaving = new AbortController();
  (await engine.tables(query, leaving.signal)).close();
  assert.deepEqual(read.length, 1, 'of a whole span');
  leaving.abort();
  await assert.rejects(engine.tables(query, leaving.signal), { name: 'AbortError' });
});

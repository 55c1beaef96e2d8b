import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { anomalies } from '../../jobs/anomalies.ts';
import { createAnswer } from '../../services/answer/answer.ts';
import { createFanout } from '../../services/live/fanout.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { buildServer } from '../../services/serve/server.ts';
import { benchOf, dayAt, type Minute, tinyLedger } from '../jobs/house.ts';
import { venueOf } from '../locate/world.ts';
import { unguarded } from './bare.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5, 9);
const venue = venueOf([['gw-1', 'hall']]);

/** An hour a day for five weeks, on the last of which nobody comes. */
function minutes(): Minute[] {
  const all: Minute[] = [];
  for (let day = 0; day <= 35; day += 1)
    for (let i = 0; i < 60; i += 1)
      all.push({
        room: 'hall',
        time: START + day * DAY + i * 60_000,
        people: day === 35 ? 3 : 40 + (day % 4),
        temperature: 20 + (day % 4),
      });
  return all;
}

describe('/v1/anomalies, /v1/marks, /v1/regressions', () => {
  let app: FastifyInstance;
  let made: Awaited<ReturnType<typeof benchOf>>;
  const ledger = tinyLedger();
  before(async () => {
    made = await benchOf(venue, minutes(), { ledger });
    await anomalies.run(dayAt(START + 35 * DAY, venue), made.bench);
    const now = () => START + 36 * DAY;
    const tables = async () => assert.fail('nothing is asked of the store');
    const ask = createAnswer({
      tables,
      record: made.bench.record as never,
      venue: () => venue,
      now,
      house: made.bench.house,
    });
    const rest = {
      fanout: createFanout(),
      metrics: new Registry(),
      ...unguarded(),
      pages: import.meta.dirname,
      logLevel: 'silent',
    };
    app = await buildServer({
      ...rest,
      ask,
      ledger: () => ledger,
      zone: () => venue.zone,
      venue: () => venue,
      demo: () => null,
    } as unknown as Deps);
  });
  after(async () => {
    await app.close();
    made.end();
  });
  const get = (url: string, accept = 'application/json') => app.inject({ url, headers: { accept, host: 'localhost' } });

  it('rows are in words, the same in every format, with the revision they were read from', async () => {
    const { meta, rows } = (await get('/v1/anomalies')).json() as { meta: Record<string, unknown>; rows: Anomaly[] };
    assert.equal(rows.length, 1);
    assert.match(rows[0]!.sentence, /^hall: 3 people at 09:00; Mondays at 09:00 are usually \d+–\d+ \(5 Mondays\)/);
    assert.deepEqual(meta.revision, [{ dataset: 'anomalies', day: '2026-02-09', revision: 1 }]);
    assert.equal(meta.asSeen, false);
    const lines = (await get('/v1/anomalies', 'application/x-ndjson')).body.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as Anomaly),
      rows,
    );
    const csv = (await get('/v1/anomalies', 'text/csv')).body;
    assert.ok(
      csv.startsWith('room,measure,time,until,value,expected,low,high,score,severity,rung,n,sentence,session\r\n'),
    );
    assert.ok(csv.includes(rows[0]!.sentence));
  });

  it('filters and spans choose, faults are named', async () => {
    const count = async (query: string) =>
      ((await get(`/v1/anomalies?${query}`)).json() as { rows: unknown[] }).rows.length;
    assert.equal(await count('severity=major&room=hall&measure=occupancy'), 1);
    assert.equal(await count('severity=minor'), 0);
    assert.equal(await count('room=lounge'), 0);
    assert.equal(await count(`until=${START + 30 * DAY}`), 0);
    const fault = await get('/v1/anomalies?severity=huge');
    assert.equal(fault.statusCode, 400);
    assert.match(fault.body, /severity/);
  });

  it('a mark is kept, asks for what it re-scores, and is taken back', async () => {
    const post = (payload: unknown) =>
      app.inject({
        method: 'POST',
        url: '/v1/marks',
        headers: { host: 'localhost', 'content-type': 'application/json' },
        payload: JSON.stringify(payload),
      });
    const span = { from: '2026-02-09T09:00:00Z', until: '2026-02-09T10:00:00Z' };
    const kept = await post({ span, room: 'hall', kind: 'not an anomaly', words: 'holiday' });
    assert.equal(kept.statusCode, 201, kept.body);
    const { id } = kept.json() as { id: string };
    await anomalies.run(dayAt(START + 35 * DAY, venue), made.bench);
    assert.deepEqual(((await get('/v1/anomalies')).json() as { rows: unknown[] }).rows, []);
    assert.deepEqual(
      (await ledger.list('request/')).map(({ key }) => key.split('/')[1]),
      ['anomalies', 'baselines'],
    );
    const gone = await app.inject({ method: 'DELETE', url: `/v1/marks/${id}`, headers: { host: 'localhost' } });
    assert.equal(gone.statusCode, 200);
    assert.deepEqual(((await get('/v1/marks')).json() as { rows: unknown[] }).rows, []);
    const again = await app.inject({ method: 'DELETE', url: `/v1/marks/${id}`, headers: { host: 'localhost' } });
    assert.equal(again.statusCode, 404);
    for (const [payload, pointer] of [
      [{ span, kind: 'wrong' }, '/kind'],
      [{ span, kind: 'exclude', room: 'nowhere' }, '/room'],
      [{ span: { from: span.until, until: span.from }, kind: 'exclude' }, '/span/until'],
      [{ span: { from: 'yesterday', until: span.until }, kind: 'exclude' }, '/span/from'],
    ] as const) {
      const refused = await post(payload);
      assert.equal(refused.statusCode, 400);
      assert.ok(refused.body.includes(pointer), refused.body);
    }
  });

  it('a regression says what warms a room, and what is left hour by hour', async () => {
    const [row] = ((await get('/v1/regressions?room=hall')).json() as { rows: Record<string, unknown>[] }).rows;
    assert.equal(row!.term, 'people');
    assert.match(row!.sentence as string, /^hall: too few hours with a temperature to tell what warms it \(28\)\.$/);
    const left = ((await get('/v1/regressions/residuals')).json() as { rows: Record<string, unknown>[] }).rows;
    assert.deepEqual(left, []);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { AGGREGATORS, MEASURES, PIVOTED, TIME_FIELDS } from '../../services/model/pivot.ts';
import { newFolder } from '../service.ts';
import { type App, send, startApp } from './app.ts';

const VENUE = { zone: 'Europe/Dublin', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] };
const FROM = Date.UTC(2026, 10, 3, 9);
const SIGHTINGS = 50;
/** Each is two questions; HOSTILE_RUNS has more. */
const RUNS = Number(process.env.HOSTILE_RUNS ?? 120);

const hostile = fc.constantFrom(
  "'; DROP TABLE sighting; --",
  '"; DROP TABLE sighting; --',
  "x' OR '1'='1",
  'k0") FROM sighting; --',
  '$p0',
  '$from',
  'room"',
  'count(*)',
  'sum(rssi) FROM sighting',
  'sum(sum(rssi))',
  'read_csv(1)',
  '__proto__',
  'constructor',
  'toString',
  '~null',
  '~',
  '..',
  '\u0000',
  '\ud800',
  'ı',
  '９',
  '%',
  '%zz',
  '-0',
  '1e999',
  'time:0s',
  'time:999999h',
  'step:1s',
  'rssi:0',
  'rssi:0.0000001',
  '9'.repeat(400),
);
const field = fc.constantFrom(
  'room',
  'gateway',
  'badge',
  'rssi',
  'rssi:5',
  'temperature:0.5',
  'time:15m',
  'minutes',
  ...TIME_FIELDS,
);
const name = fc.oneof({ weight: 3, arbitrary: field }, hostile, fc.string());
const measure = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(AGGREGATORS), ...Object.keys(MEASURES)) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...Object.keys(AGGREGATORS)), name).map(([of, a]) => `${of}(${a})`),
  },
  hostile,
);
const scalar = fc.oneof(hostile, fc.string(), fc.double(), fc.integer(), fc.constant(null), fc.boolean());
const filter = fc.oneof(
  fc.record(
    {
      field: name,
      in: fc.array(scalar, { maxLength: 3 }),
      not: fc.array(scalar, { maxLength: 3 }),
      from: scalar,
      until: scalar,
    },
    { requiredKeys: ['field'] },
  ),
  fc.jsonValue(),
);
const instant = fc.oneof(fc.constant(FROM), fc.maxSafeInteger(), fc.double(), scalar);
/** Like a question, with anything anywhere. */
const question = fc.record(
  {
    dataset: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PIVOTED) }, hostile),
    rows: fc.oneof({ weight: 9, arbitrary: fc.array(name, { maxLength: 3 }) }, fc.jsonValue()),
    columns: fc.oneof({ weight: 9, arbitrary: fc.array(name, { maxLength: 2 }) }, fc.jsonValue()),
    measures: fc.oneof({ weight: 9, arbitrary: fc.array(measure, { minLength: 1, maxLength: 3 }) }, fc.jsonValue()),
    filters: fc.array(filter, { maxLength: 2 }),
    span: fc.record(
      { from: instant, until: instant, last: scalar, event: scalar, session: scalar },
      { requiredKeys: [] },
    ),
    zone: fc.oneof(fc.constantFrom('Asia/Kathmandu', 'Etc/GMT+5', '+01:00', 'UTC'), hostile),
    revision: fc.oneof(fc.constantFrom('latest', 'as-seen', '0', '7'), hostile),
    totals: scalar,
    limit: fc.oneof(fc.integer(), scalar),
    ignored: scalar,
  },
  { requiredKeys: ['dataset', 'measures'] },
);
/** What of it could be meant, so that many questions are answered. */
const meant = question.map(({ totals: _, ignored: __, limit, ...query }) => ({
  ...query,
  limit: typeof limit === 'number' ? limit : 5,
}));
const body = fc.oneof(question, meant, fc.jsonValue()).map((value) => JSON.stringify(value) ?? 'undefined');

const parameter = fc.constantFrom(
  'dataset',
  'rows',
  'columns',
  'measures',
  'where',
  'from',
  'until',
  'last',
  'event',
  'session',
  'zone',
  'revision',
  'totals',
  'limit',
  'cell',
  'cursor',
  'x',
);
const said = fc.oneof(
  name,
  measure,
  hostile,
  fc.tuple(name, scalar).map(([a, b]) => `${a}:${b}`),
  fc.integer().map(String),
);
const given = fc
  .tuple(parameter, said)
  .map(([key, value]) => `${key}=${encodeURIComponent(Buffer.from(value).toString())}`);
const address = fc
  .tuple(
    fc.oneof(
      fc.constant('dataset=observations&measures=count&rows=room'),
      fc.constant('dataset=frames&measures=peak&rows=hour'),
      fc.constant('x'),
    ),
    fc.array(fc.oneof({ weight: 4, arbitrary: given }, fc.string({ unit: fc.constantFrom(...'&=%;,:!~.()ab0') })), {
      maxLength: 4,
    }),
  )
  .map(([base, rest]) => [base, ...rest].join('&').replaceAll('#', ''));

describe('questions that nobody means well with', () => {
  let app: App;
  before(async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir });
    const lines = Array.from({ length: SIGHTINGS }, (_, i) => ({
      gateway: 'pi-1',
      badge: `b-${i % 7}`,
      rssi: -60 - i,
      time: FROM + i * 60_000,
    }));
    assert.equal((await send(app, lines.map((line) => JSON.stringify(line)).join('\n'))).status, 200);
  });
  after(() => app.end());

  let answered = 0;
  /** An answer, or a problem that says what was expected, in our words. */
  const isTold = async (reply: Response, asked: string) => {
    const text = await reply.text();
    if (reply.status === 200) {
      assert.ok(Array.isArray((JSON.parse(text) as { rows: unknown }).rows), asked);
      answered += 1;
      return;
    }
    assert.ok(reply.status >= 400 && reply.status < 500, `${asked}: ${reply.status} ${text}`);
    assert.match(reply.headers.get('content-type')!, /problem\+json/, asked);
    const { detail = '', errors = [] } = JSON.parse(text) as { detail?: string; errors?: { expected: string }[] };
    assert.ok(errors.length > 0 || /expected/.test(detail), `${asked}: ${text}`);
    for (const { expected } of errors) assert.ok(expected.length > 0, `${asked}: ${text}`);
    assert.doesNotMatch(text, /(Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range) Error|LINE 1/, asked);
  };

  it('as objects: each is answered or refused with what was expected', () =>
    fc.assert(
      fc.asyncProperty(body, fc.jsonValue(), async (asked, cell) => {
        const post = (path: string, text: string) => fetch(`${app.address}${path}`, { method: 'POST', body: text });
        await isTold(await post('/v1/pivot', asked), asked);
        const records = `{"query":${asked},"cell":${JSON.stringify(cell)}}`;
        await isTold(await post('/v1/pivot/records', records), records);
      }),
      { numRuns: RUNS },
    ));

  it('as addresses: each is answered or refused with what was expected', () =>
    fc.assert(
      fc.asyncProperty(address, fc.constantFrom('', '/records', '/preflight'), async (search, path) => {
        await isTold(await fetch(`${app.address}/v1/pivot${path}?${search}`), `${path} ${search}`);
      }),
      { numRuns: 2 * RUNS, examples: [['dataset=observations&measures=count&where=weekday:9223372036854776000', '']] },
    ));

  it('some of them were answered, and nothing that is stored has changed', async () => {
    assert.ok(answered > 20, String(answered));
    const reply = await fetch(`${app.address}/v1/pivot?dataset=observations&measures=count`);
    assert.equal(((await reply.json()) as { rows: { count: number }[] }).rows[0]!.count, SIGHTINGS);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import type { Coarser, Size } from '../../services/answer/pivot/preflight.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { toUrl } from '../../services/model/pivot-url.ts';
import type { View } from '../../services/model/view.ts';
import { fromParquet, parquetTypes } from '../formats/parquet.ts';
import { newFolder } from '../service.ts';
import { type App, send, startApp } from './app.ts';

const VENUE = {
  zone: 'Europe/Dublin',
  rooms: [{ id: 'hall' }, { id: 'foyer' }],
  gateways: [
    { id: 'pi-1', room: 'hall' },
    { id: 'pi-2', room: 'foyer' },
  ],
};
const FROM = Date.UTC(2026, 10, 3, 9);
const QUERY: PivotQuery = {
  dataset: 'observations',
  rows: ['room'],
  columns: ['time:5m'],
  measures: ['count', 'average(rssi)'],
};

const numbersIn = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );

/** Half an hour of forty badges, at two gateways. */
const lines = (from = 0, until = 30) =>
  Array.from({ length: (until - from) * 40 }, (_, i) =>
    JSON.stringify({
      gateway: `pi-${1 + (i % 2)}`,
      badge: `badge-${i % 40}`,
      rssi: -90 + (i % 50),
      time: FROM + from * 60_000 + i * 1500,
    }),
  ).join('\n');

describe('the pivot over HTTP', () => {
  let app: App;
  before(async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir });
    assert.equal((await send(app, lines())).status, 200);
  });
  after(() => app.end());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(app.address + path, { headers });
  const json = async <T>(reply: Response | Promise<Response>) => (await (await reply).json()) as T;

  it('/v1/views keeps, overwrites, renames and takes away; what is deleted can be put back', async () => {
    const put = (id: string, body: unknown) =>
      fetch(`${app.address}/v1/views/${id}`, { method: 'PUT', body: JSON.stringify(body) });
    const list = async () => (await json<{ rows: View[] }>(get('/v1/views'))).rows;
    const filters = [{ field: 'room', in: ['hall', null, 5, '5'] }];
    const query = { ...QUERY, filters };
    const look = '?dataset=observations&view=line';
    assert.deepEqual(await list(), []);
    assert.equal((await put('peaks', { name: 'Peaks', query, look })).status, 200);
    const [first] = await list();
    assert.deepEqual({ ...first, time: 0 }, { id: 'peaks', name: 'Peaks', query, look, time: 0 });
    assert.ok(Math.abs(first!.time - Date.now()) < 60_000);
    await put('peaks', { name: 'Summits', query: QUERY });
    assert.deepEqual(
      (await list()).map(({ id, name, look: said }) => [id, name, said]),
      [['peaks', 'Summits', '']],
    );
    assert.deepEqual((await list())[0]!.query, QUERY);
    const gone = await json<View>(fetch(`${app.address}/v1/views/peaks`, { method: 'DELETE' }));
    assert.equal(gone.name, 'Summits');
    assert.deepEqual(await list(), []);
    assert.equal((await fetch(`${app.address}/v1/views/peaks`, { method: 'DELETE' })).status, 404);
    const csv = await (await get('/v1/views', { accept: 'text/csv' })).text();
    assert.equal(csv, 'id,name,query,look,time\r\n');
    for (const [body, pointer] of [
      [{ query: QUERY }, '/name'],
      [{ name: ' ', query: QUERY }, '/name'],
      [{ name: 'x', query: { ...QUERY, measures: [] } }, '/query/measures'],
      [{ name: 'x', query: QUERY, look: 'x'.repeat(3000) }, '/look'],
    ] as const) {
      const refused = await put('x', body);
      assert.equal(refused.status, 400);
      const { errors } = await json<{ errors: { pointer: string }[] }>(refused);
      assert.ok(
        errors.some((error) => error.pointer === pointer),
        JSON.stringify(errors),
      );
    }
  });

  it('a preflight says how many cells there will be, and past the limit what would fit', async () => {
    const size = async (query: PivotQuery) =>
      (await json<{ rows: (Size & { coarser: Coarser[] })[] }>(get(`/v1/pivot/preflight?${toUrl(query)}`))).rows[0]!;
    const answered = await json<{ rows: unknown[] }>(get(`/v1/pivot?${toUrl(QUERY)}`));
    const small = await size(QUERY);
    assert.ok(Math.abs(small.cells - answered.rows.length) <= 2, `${small.cells} for ${answered.rows.length}`);
    assert.deepEqual(small.coarser, []);
    assert.ok(small.bytes > small.cells * 20);
    const large: PivotQuery = { ...QUERY, rows: ['badge', 'room'], columns: ['time:5s'], limit: 300 };
    const refused = await get(`/v1/pivot?${toUrl(large)}`);
    assert.equal(refused.status, 422);
    const problem = await json<Size & { coarser: Coarser[] }>(refused);
    assert.ok(problem.cells > 1000 && problem.limit === 300);
    assert.ok(problem.coarser.length > 0);
    for (const { words, query, cells } of problem.coarser) {
      const reply = await get(`/v1/pivot?${toUrl(query)}`);
      assert.equal(reply.status, 200, words);
      const { rows } = await json<{ rows: unknown[] }>(reply);
      assert.ok(Math.abs(rows.length - cells) <= 0.1 * rows.length + 2, `${words}: ${cells} for ${rows.length}`);
    }
    assert.ok(problem.coarser.some(({ words }) => /instead of Time of the day by 5 s/.test(words)));
  });

  it('an answer is revalidated by its ETag until something is stored, and kept in memory meanwhile', async () => {
    const address = `/v1/pivot?${toUrl({ ...QUERY, columns: ['hour'] })}`;
    const first = await get(address);
    const etag = first.headers.get('etag')!;
    const body = await first.text();
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    const again = await get(address, { 'if-none-match': etag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    const kept = await get(address);
    assert.equal(await kept.text(), body, 'the same bytes, its time too: it was not computed again');
    assert.equal(kept.headers.get('content-type'), first.headers.get('content-type'));
    const packed = await get(address, { 'accept-encoding': 'gzip' });
    assert.equal(await packed.text(), body);
    const csv = await get(address, { accept: 'text/csv' });
    assert.notEqual(csv.headers.get('etag'), etag);
    assert.ok(csv.headers.get('hallway-meta'));
    assert.equal((await get(address, { accept: 'text/csv', 'if-none-match': etag })).status, 200);
    assert.equal(
      (await get(address, { accept: 'text/csv', 'if-none-match': `"x", W/${csv.headers.get('etag')}` })).status,
      304,
    );
    assert.equal((await send(app, lines(30, 31))).status, 200);
    const later = await get(address, { 'if-none-match': etag });
    assert.equal(later.status, 200);
    assert.notEqual(await later.text(), body);
    assert.notEqual(later.headers.get('etag'), etag);
  });

  it('every format of a pivot and of its records holds equal rows, a page of them or all', async () => {
    const cell = `/v1/pivot/records?${toUrl(QUERY)}&cell=room:hall`;
    for (const path of [`/v1/pivot?${toUrl(QUERY)}`, `${cell}&limit=300`, `${cell}&limit=all`]) {
      const bytes = async (accept: string) => Buffer.from(await (await get(path, { accept })).arrayBuffer());
      const ndjson = (await bytes('application/x-ndjson')).toString().trim().split('\n');
      const rows = ndjson.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.ok(rows.length > 5);
      const whole = await get(path);
      if (path.endsWith('all')) assert.equal(whole.status, 400);
      else assert.deepEqual((await json<{ rows: unknown[] }>(whole)).rows, rows);
      const arrow = tableFromIPC(await bytes('application/vnd.apache.arrow.stream')).toArray();
      assert.deepEqual(
        arrow.map((row) => numbersIn(row!.toJSON())),
        rows,
      );
      const parquet = await bytes('application/vnd.apache.parquet');
      assert.deepEqual(await fromParquet(parquet), rows);
      const { count, rssi, time } = await parquetTypes(parquet);
      if ('count' in rows[0]!) assert.equal(count, 'BIGINT');
      else assert.deepEqual([rssi, time], ['BIGINT', 'TIMESTAMP WITH TIME ZONE isAdjustedToUTC=1']);
      const texts = rows.map((row) =>
        Object.entries(row).map(([name, value]) =>
          value === null ? '' : name === 'time' ? new Date(value as number).toISOString() : String(value),
        ),
      );
      assert.deepEqual(parse(await bytes('text/csv')).slice(1), texts);
      const tsv = (await bytes('text/tab-separated-values')).toString().trimEnd().split('\n').slice(1);
      assert.deepEqual(
        tsv.map((line) => line.split('\t')),
        texts,
      );
    }
  });

  it('records with limit=all are all of them, and go by no cursor', async () => {
    const headers = { accept: 'text/csv' };
    const path = `/v1/pivot/records?${toUrl(QUERY)}&limit=all`;
    const [total] = (
      await json<{ rows: { count: number }[] }>(get(`/v1/pivot?${toUrl({ ...QUERY, rows: [], columns: [] })}`))
    ).rows;
    assert.equal(parse(await (await get(path, headers)).text()).length - 1, total!.count);
    const refused = await get(`${path}&cursor=x`, headers);
    assert.equal(refused.status, 400);
    assert.equal((await json<{ errors: { pointer: string }[] }>(refused)).errors[0]!.pointer, '/cursor');
    const posted = (body: unknown) =>
      fetch(`${app.address}/v1/pivot/records`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(parse(await (await posted({ query: QUERY, limit: 'all' })).text()).length - 1, total!.count);
    assert.equal((await posted({ query: QUERY, limit: 'some' })).status, 400);
  });

  it('a question that is none is refused in words that say what one is', async () => {
    const refused = await get(`/v1/pivot?dataset=observations&rows=__proto__&measures=${Array(9).fill('count')}`);
    assert.equal(refused.status, 400);
    assert.deepEqual((await json<{ errors: unknown }>(refused)).errors, [
      {
        pointer: '/rows/0',
        expected: 'text of a field, with its width if it has one: room, time:15m, rssi:5',
        found: '"__proto__"',
      },
      { pointer: '/measures', expected: 'an array of at least 1, at most 8', found: 'an array of 9' },
    ]);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { it } from 'node:test';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { lasting, NotSettled } from '../../services/demo/not-settled.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { createFanout } from '../../services/live/fanout.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { useProblems } from '../../services/serve/errors.ts';
import { notices } from '../../services/serve/notices.ts';
import { buildServer } from '../../services/serve/server.ts';
import { tokens } from '../../services/serve/tokens.ts';
import { views } from '../../services/serve/views.ts';
import { newFolder, remove } from '../service.ts';
import { asAdmin, unguarded } from './bare.ts';

it('what is decided in a house in memory is a 503 that says when to come again, and is never answered with 200', async () => {
  const ledger = memoryLedger();
  let folder: string | null = null;
  let problem: string | null = null;
  const deps = {
    ledger: () => lasting({ folder, ledger }, problem),
    clock: Date.now,
    venue: () => ({ file: { rooms: [], gateways: [] } }),
    door: { changed: () => undefined },
  } as unknown as Deps;
  const app = asAdmin(Fastify());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  useProblems(app);
  for (const resource of [views, notices, tokens]) resource(app, deps);
  const view = { name: 'Peaks', query: { dataset: 'frames', measures: ['peak'] } };
  const decide = async () => [
    await app.inject({ method: 'PUT', url: '/v1/views/a', payload: JSON.stringify(view) }),
    await app.inject({ method: 'POST', url: '/v1/notices', payload: JSON.stringify({ id: 'n', text: 'Doors open' }) }),
    await app.inject({ method: 'POST', url: '/v1/tokens', payload: JSON.stringify({ name: 'a', scope: 'viewer' }) }),
  ];
  for (const reply of await decide()) {
    assert.deepEqual([reply.statusCode, reply.headers['retry-after']], [503, '30'], reply.body);
    assert.match(reply.json().detail, /is still being laid; this can be done when it is/);
  }
  problem = 'no room on the disk';
  const [never] = await decide();
  assert.equal(never!.json().detail, 'nothing is kept until it is started again: no room on the disk');
  assert.deepEqual(await ledger.list(''), []);
  folder = '/somewhere';
  assert.deepEqual(
    (await decide()).map(({ statusCode }) => statusCode),
    [200, 201, 200],
  );
});

/** What is decided by each route, by what it is sent: something new, or about what was put before. */
const SPAN = { from: Date.UTC(2026, 10, 3, 9), until: Date.UTC(2026, 10, 3, 10) };
const QUERY = { dataset: 'frames', measures: ['peak'] };
const DECISIONS: [route: string, body?: object][] = [
  ['PUT /v1/views/abcdefgh', { name: 'Peaks', query: QUERY }],
  ['PUT /v1/notes/abcdefgh', { time: SPAN.from, text: 'Doors open' }],
  ['POST /v1/notices', { id: 'abcdefgh', text: 'Doors open' }],
  ['PUT /v1/rules/abcdefgh', { measure: 'occupancy', where: 'venue', above: 5 }],
  ['PUT /v1/schedules/abcdefgh', { name: 'Peaks', cron: '0 * * * *', formats: ['csv'], query: QUERY }],
  ['POST /v1/schedules/ijklmnop/windows', SPAN],
  ['POST /v1/schedules/ijklmnop/verify'],
  ['POST /v1/marks', { span: SPAN, kind: 'exclude' }],
  ['POST /v1/tokens', { name: 'a', scope: 'viewer' }],
  ['POST /v1/forgettings', { badge: 'c0:ff:ee:00:00:01' }],
  ['DELETE /v1/views/ijklmnop'],
  ['DELETE /v1/notes/ijklmnop'],
  ['DELETE /v1/notices/ijklmnop'],
  ['DELETE /v1/rules/ijklmnop'],
  ['DELETE /v1/schedules/ijklmnop'],
];

it('every route that can be a 503 is documented with it, as a problem with Retry-After', async () => {
  const ledger = memoryLedger();
  let folder: string | null = '/somewhere';
  const later = async () => {
    if (folder === null) throw new NotSettled('the past is still being told');
    return {};
  };
  const pages = newFolder();
  mkdirSync(pages, { recursive: true });
  const app = await buildServer({
    ...{ fanout: createFanout(), metrics: new Registry(), jobs: null, logLevel: 'silent', pages, ...unguarded() },
    ...{
      usage: { viewed: () => undefined, read: async () => [] },
      zone: () => 'UTC',
      house: () => null,
      forget: later,
    },
    ...{ ledger: () => lasting({ folder, ledger }), clock: Date.now, hasJobs: async () => true },
    ask: async () => ({ rows: [], columns: {}, meta: { revision: [] }, next: null }),
    venue: () => ({ zone: 'UTC', rooms: [], gateways: [], file: { rooms: [], gateways: [] } }),
  } as unknown as Deps);
  const headers = { host: 'localhost' };
  const ask = async ([route, body]: (typeof DECISIONS)[number]) => {
    const [method, url] = route.split(' ') as ['PUT', string];
    return app.inject({ method, url, headers, ...(body && { payload: JSON.stringify(body) }) });
  };
  type Documented = { headers?: object; content?: Record<string, unknown> };
  const { paths } = (await app.inject({ url: '/openapi.json', headers })).json() as {
    paths: Record<string, Record<string, { responses: Record<string, Documented> }>>;
  };
  const isDocumented = ({ headers, content }: Documented = {}) =>
    'Retry-After' in (headers ?? {}) && 'application/problem+json' in (content ?? {});
  const put = DECISIONS.filter(([route]) => route.startsWith('PUT') || route.endsWith('notices'));
  for (const one of put) {
    const reply = await ask(JSON.parse(JSON.stringify(one).replaceAll('abcdefgh', 'ijklmnop')));
    assert.ok([200, 201].includes(reply.statusCode), `${one[0]}: ${reply.body}`);
  }
  folder = null;
  for (const one of DECISIONS) {
    const reply = await ask(one);
    assert.deepEqual([reply.statusCode, reply.headers['retry-after']], [503, '30'], `${one[0]}: ${reply.body}`);
    const [method, url] = one[0].split(' ') as [string, string];
    const { responses } = paths[url.replace(/abcdefgh|ijklmnop/, '{id}')]![method.toLowerCase()]!;
    assert.ok(isDocumented(responses['503']), one[0]);
  }
  // Whatever else is sent something may be one too; what is only read is none.
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { responses }] of Object.entries(methods))
      if (method !== 'get') assert.ok(isDocumented(responses['503']), `${method} ${path}`);
  assert.equal('503' in paths['/v1/views']!.get!.responses, false);
  await app.close();
  remove(pages);
});

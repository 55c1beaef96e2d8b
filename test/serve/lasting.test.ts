import assert from 'node:assert/strict';
import { it } from 'node:test';
import Fastify from 'fastify';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { lasting } from '../../services/not-settled.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { useProblems } from '../../services/serve/errors.ts';
import { notices } from '../../services/serve/notices.ts';
import { tokens } from '../../services/serve/tokens.ts';
import { views } from '../../services/serve/views.ts';
import { asAdmin } from './bare.ts';

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

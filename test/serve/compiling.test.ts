import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { createFanout } from '../../services/live/fanout.ts';
import { whenAsked } from '../../services/serve/compiling.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { buildServer } from '../../services/serve/server.ts';
import { ROOT } from '../service.ts';
import { unguarded } from './bare.ts';

const CUSTOM = { removeAdditional: false, coerceTypes: 'array', allErrors: true } as const;

describe('schemas that are compiled when a route is first asked', () => {
  it('compile, of every route that the service has', async () => {
    const base = { fanout: createFanout(), metrics: new Registry(), ...unguarded(), jobs: null, logLevel: 'silent' };
    const app = await buildServer({ ...base, pages: ROOT, usage: null } as unknown as Deps, {});
    await app.ready();
    await app.close();
  });

  it('say and coerce what those of Fastify do', async () => {
    const schema = {
      querystring: {
        type: 'object',
        properties: { n: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } },
      },
      body: { type: 'array', items: { type: 'number' } },
      response: {
        200: {
          type: 'object',
          properties: { n: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } }, body: {} },
        },
      },
    };
    const made = [{}, { schemaController: whenAsked() }].map((options) => {
      const one = Fastify({ ...options, ajv: { customOptions: CUSTOM } });
      one.post('/', { schema }, async ({ query, body }) => ({ ...(query as object), body, hidden: 1 }));
      return one;
    });
    const asked = [
      { url: '/?n=7&names=a', payload: [1, 2] },
      { url: '/?n=7.5&names=a&names=b', payload: ['x', 2] },
      // A body that is no array is made one: its root is coerced.
      { url: '/', payload: '3', headers: { 'content-type': 'application/json' } },
      { url: '/?n=x', payload: [] },
    ];
    for (const one of [...asked, ...asked]) {
      const [plain, lazy] = await Promise.all(made.map((app) => app.inject({ method: 'POST', ...one })));
      assert.deepEqual([lazy!.statusCode, lazy!.body], [plain!.statusCode, plain!.body]);
    }
    assert.deepEqual((await made[1]!.inject({ method: 'POST', ...asked[2] })).json(), { body: [3] });
    for (const app of made) await app.close();
  });
});

import assert from 'node:assert/strict';
import { get } from 'node:http';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import accepts from '@fastify/accepts';
import Fastify from 'fastify';
import type { Answer } from '../../services/answer/answer.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { rejects } from '../../services/serve/rejects.ts';
import { soon } from '../ledger/contract.ts';
import { asAdmin } from './bare.ts';

it('a query is told when its client leaves, and not when the client got all', async () => {
  const signals: AbortSignal[] = [];
  let rows = Number.POSITIVE_INFINITY;
  const ask = async (_query: unknown, _viewer: unknown, signal?: AbortSignal) => {
    signals.push(signal!);
    return {
      columns: { text: 'text' },
      rows: (async function* () {
        for (let n = 0; n < rows && !signal!.aborted; n++) {
          yield [{ text: 'x'.repeat(1000) }];
          await sleep(1);
        }
      })(),
      meta: { rows: null },
      next: null,
    } as unknown as Answer;
  };
  const app = Fastify();
  asAdmin(app);
  await app.register(accepts);
  rejects(app, { ask } as unknown as Deps);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const request = get(`${address}/v1/rejects`, { headers: { accept: 'application/x-ndjson' } });
  request.on('error', () => undefined);
  await new Promise((resolve) => request.on('response', resolve));
  assert.equal(signals[0]!.aborted, false);
  request.destroy();
  await soon(async () => signals[0]!.aborted);
  rows = 3;
  await (await fetch(`${address}/v1/rejects`)).text();
  await sleep(50);
  assert.equal(signals[1]!.aborted, false);
  await app.close();
});

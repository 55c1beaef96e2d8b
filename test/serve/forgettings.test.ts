import assert from 'node:assert/strict';
import { it } from 'node:test';
import Fastify from 'fastify';
import { NotSettled } from '../../services/demo/not-settled.ts';
import { readAudit } from '../../services/ledger/audit.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { useProblems } from '../../services/serve/errors.ts';
import { forgettings } from '../../services/serve/forgettings.ts';
import { asAdmin } from './bare.ts';

it('POST /v1/forgettings that cannot be done yet is a 503 that says so, and no deed until it is done', async () => {
  const ledger = memoryLedger();
  let isSettled = false;
  const forget = async () => {
    if (!isSettled) throw new NotSettled('the past is still being told');
    return { id: 'one' };
  };
  const app = asAdmin(Fastify());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  useProblems(app);
  forgettings(app, { ledger: () => ledger, forget } as unknown as Deps);
  const post = () => app.inject({ method: 'POST', url: '/v1/forgettings', body: '{"badge":"c0:ff:ee:00:00:01"}' });
  const early = await post();
  assert.equal(early.statusCode, 503);
  assert.equal(early.json().detail, 'the past is still being told');
  assert.ok(Number(early.headers['retry-after']) >= 1);
  assert.deepEqual(await readAudit(ledger), []);
  isSettled = true;
  assert.equal((await post()).statusCode, 200);
  assert.deepEqual(
    (await readAudit(ledger)).map(({ did }) => did),
    ['forgot a badge'],
  );
});

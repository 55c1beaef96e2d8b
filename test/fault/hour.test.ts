import assert from 'node:assert/strict';
import { it } from 'node:test';
import { notBuilt, remove } from '../service.ts';
import { hour } from './hour/hour.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

it(`everything at once loses nothing and doubles nothing: a short npm run hour (seed ${seed})`, {
  skip: notBuilt,
}, async () => {
  const size = { badges: 300, gateways: 6, everyMs: 2000, batchMs: 500, screens: 12 };
  const outcome = await hour({ ...size, seed, lastMs: 16_000, kills: 2, outages: 2, jumps: 2 }, () => undefined);
  assert.deepEqual(outcome.faults, []);
  assert.ok(outcome.sent > 1000 && outcome.stored.count === outcome.sent, `${outcome.sent} sent`);
  assert.ok(outcome.late > 0 || outcome.refused > 0);
  assert.ok(outcome.screens.again >= 12, 'no screen was lost by a kill');
  assert.ok(outcome.stored.windows >= 22, `${outcome.stored.windows} windows`);
  remove(outcome.dataDir);
});

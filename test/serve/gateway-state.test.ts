import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stateOf } from '../../services/serve/gateways.ts';
import { rows, send, startApp } from './app.ts';

const NOW = 1_000_000_000;
const well = { gateway: 'g', known: true, status: 'online', received: NOW - 1000, rate: 10, usual: 10, skew: null };
const good = new Map([['g', 'good' as const]]);

it('stateOf(row) is what the live picture says, then what the figures say', () => {
  const cases: [string, object, Map<string, 'good' | 'deaf' | 'silent'> | null][] = [
    ['heard', {}, good],
    ['stranger', { known: false }, good],
    ['silent', {}, new Map()],
    ['silent', { status: 'offline' }, good],
    ['deaf', {}, new Map([['g', 'deaf']])],
    ['clock', { skew: -47_000 }, new Map([['g', 'silent']])],
    ['silent', { skew: -47_000, received: NOW - 400_000 }, new Map([['g', 'silent']])],
    ['slow', { rate: 4.9 }, good],
    ['heard', { rate: 5 }, good],
    // So few that half of them may be missing by chance.
    ['heard', { rate: 0, usual: 0.4 }, good],
    ['clock', { skew: 1000 }, good],
    ['heard', { skew: 999 }, good],
    ['heard', {}, null],
    ['silent', { received: NOW - 300_001 }, null],
    ['silent', { received: null }, null],
  ];
  for (const [expected, row, wellness] of cases)
    assert.equal(
      stateOf({ ...well, ...row }, wellness, NOW),
      expected,
      JSON.stringify([row, wellness && [...wellness]]),
    );
});

it('a gateway that was said to be gone is there once it speaks, whatever way it takes', async () => {
  const app = await startApp();
  try {
    const time = Date.now() - 1000;
    const say = (one: object) => send(app, JSON.stringify({ gateway: 'g1', time, ...one }));
    const status = async () => (await rows(app, '/v1/gateways')).map((row) => row.status);
    await say({ kind: 'sighting', badge: 'b1', rssi: -50 });
    await say({ kind: 'heartbeat', status: 'offline' });
    assert.deepEqual(await status(), ['offline']);
    await say({ kind: 'sighting', badge: 'b2', rssi: -50 });
    assert.deepEqual(await status(), [null]);
    await say({ kind: 'heartbeat', status: 'online', time: time + 1 });
    assert.deepEqual(await status(), ['online']);
  } finally {
    await app.end();
  }
});

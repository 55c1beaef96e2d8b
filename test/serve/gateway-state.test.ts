import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stateOf } from '../../services/serve/gateways.ts';

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

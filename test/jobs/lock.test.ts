import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeLock } from '../../jobs/lock.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { soon } from '../ledger/contract.ts';

describe('takeLock(holder)', () => {
  it('is held by one until it is released or silent for its lease, and renewed meanwhile', async () => {
    const ledger = memoryLedger();
    const at = { now: 1000 };
    const holder = (owner: string) => ({ ledger, owner, leaseMs: 30, now: () => at.now });
    const one = await takeLock(holder('one'));
    assert.ok('fence' in one);
    assert.deepEqual(await takeLock(holder('two')), { until: 1030 });
    at.now = 1020;
    // It is renewed every 10 ms, by the clock on the wall.
    await soon(async () => ((await takeLock(holder('two'))) as { until: number }).until === 1050);
    at.now = 5000;
    const two = await takeLock(holder('two'));
    assert.ok('fence' in two && two.fence > one.fence);
    await soon(async () => one.lost.aborted);
    await one.release();
    assert.equal(two.lost.aborted, false);
    await two.release();
    const three = await takeLock(holder('three'));
    assert.ok('fence' in three && three.fence > two.fence);
    await three.release();
  });
});

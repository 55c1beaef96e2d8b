import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareTotals } from '../../services/ledger/verified.ts';

const DAY = { dataset: 'frames', day: '2026-11-03' };
const then = { revision: 1, totals: { count: 12, 'sum(rssi)': -0.3 }, read: [{ ...DAY, revision: 0 }] };

describe('compareTotals(manifest, now)', () => {
  it('equal totals are equal, but for the last digits of a sum, whatever was read', () => {
    for (const revision of [0, 1]) {
      const now = { totals: { count: 12, 'sum(rssi)': -0.1 - 0.2 }, read: [{ ...DAY, revision }] };
      assert.equal(compareTotals(then, now).state, 'equal');
    }
  });

  it('other totals of the same revisions are a fault, which is said', () => {
    const { state, words } = compareTotals(then, { totals: { count: 13, 'sum(rssi)': -0.3 }, read: then.read });
    assert.deepEqual([state, words], ['different', 'revision 1: count: expected 13, found 12']);
    assert.equal(compareTotals(then, { totals: { count: null, 'sum(rssi)': -0.3 }, read: [] }).state, 'different');
  });

  it('where something newer is read now, data moved on: both revisions are named', () => {
    const { state, words } = compareTotals(then, {
      totals: { count: 14, 'sum(rssi)': -0.3 },
      read: [{ ...DAY, revision: 2 }],
    });
    assert.equal(state, 'moved');
    assert.match(words, /data moved on since \(frames of 2026-11-03: 0 then, 2 now\): count: expected 14, found 12/);
  });
});

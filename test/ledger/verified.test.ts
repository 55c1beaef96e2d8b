import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareTotals, rowFaults } from '../../services/ledger/verified.ts';
import type { Added } from '../../services/model/schedule.ts';

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

describe('rowFaults(manifest, found)', () => {
  const columns = { room: 'text', count: 'number', 'average(rssi)': 'number' } as const;
  const manifest = {
    ...{ rows: 2, totals: { count: 12, 'average(rssi)': -60 }, types: columns, holds: 'cells' as const },
    query: { dataset: 'observations' as const, rows: ['room'], measures: ['count', 'average(rssi)'] },
  };
  const added = (rows: number, count: number, rssi: number) => ({
    rows,
    sums: { count: { sum: count, size: count }, 'average(rssi)': { sum: rssi, size: -rssi } },
  });
  const faults = (...files: Parameters<Map<string, Added | Error>['set']>[]) => rowFaults(manifest, new Map(files));

  it('as many rows in each file, counts that make the total, and equal sums of the rest: all is as it should be', () => {
    const found = [added(2, 12, -121), added(2, 12, -121 + 1e-11), { rows: 2, sums: null }];
    assert.deepEqual(faults(...found.map((one, i) => [`${i}`, one] as [string, Added])), []);
  });

  it('says of each file what is not: its rows, a sum, or that nobody can read it', () => {
    assert.deepEqual(faults(['a.csv', added(3, 12, -121)]), ['a.csv: expected 2 rows, found 3']);
    assert.deepEqual(faults(['a.csv', added(2, 11, -121)]), ['a.csv: expected count to add up to 12, found 11']);
    assert.deepEqual(faults(['a.csv', added(2, 12, -121)], ['a.json', added(2, 12, -120)]), [
      'a.json: expected average(rssi) to add up to -121, found -120',
    ]);
    assert.deepEqual(faults(['a.arrow', new Error('no schema')]), ['a.arrow: could not be read: no schema']);
  });

  it('who is in several cells is not added up: totals of presences are no sum', () => {
    const query = { ...manifest.query, dataset: 'presences' as const };
    assert.deepEqual(rowFaults({ ...manifest, query }, new Map([['a.csv', added(2, 14, -121)]])), []);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Manifest } from '../../services/ledger/exported.ts';
import { compareTotals, manifestFaults, rowFaults } from '../../services/ledger/verified.ts';
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

  it('claps of minute frames add up, since each minute of a room is in one cell', () => {
    const query = { ...manifest.query, dataset: 'frames' as const };
    const claps = { ...manifest, query, totals: { claps: 1 }, types: { room: 'text', claps: 'number' } as const };
    const found: Added = { rows: 2, sums: { claps: { sum: 5758, size: 5758 } } };
    assert.deepEqual(rowFaults(claps, new Map([['a.csv', found]])), [
      'a.csv: expected claps to add up to 1, found 5758',
    ]);
  });

  it('who is in several cells is not added up: totals of presences are no sum', () => {
    const query = { ...manifest.query, dataset: 'presences' as const };
    assert.deepEqual(rowFaults({ ...manifest, query }, new Map([['a.csv', added(2, 14, -121)]])), []);
  });
});

describe('manifestFaults(manifest, folder)', () => {
  const [from, until] = [Date.UTC(2026, 10, 3, 9), Date.UTC(2026, 10, 3, 10)];
  const folder = '/x/hourly/2026-11-03T1000+0100_2026-11-03T1100+0100/r2';
  const manifest = {
    ...{ schedule: 'hourly', zone: 'Europe/Berlin', revision: 2, holds: 'cells', rows: 2, totals: { count: 2 } },
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    query: { dataset: 'observations', rows: ['room'], measures: ['count'], span: { from, until } },
    types: { room: 'text', level: 'text', count: 'integer' },
  } as unknown as Manifest;
  const faults = (more: Partial<Manifest>) => manifestFaults({ ...manifest, ...more }, folder);

  it('what agrees with itself and its folder has none; a folder of another name says nothing', () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(manifestFaults({ ...manifest, zone: 'Asia/Tokyo' }, '/x/mine'), []);
  });

  it('another zone, span, revision, schedule, question or count is told', () => {
    for (const [more, words] of [
      [
        { zone: 'Asia/Tokyo' },
        'the window and zone to be 2026-11-03T1000+0100_2026-11-03T1100+0100, found 2026-11-03T18',
      ],
      [{ zone: 'Mars/Base' }, 'the window and zone to be 2026-11-03T1000+0100_2026-11-03T1100+0100, found none: '],
      [{ until: '2030-01-01T00:00:00.000Z' }, 'the window and zone to be'],
      [{ revision: 99 }, 'the revision to be 2, found 99'],
      [{ schedule: 'daily' }, 'the schedule to be hourly, found daily'],
      [{ query: { ...manifest.query, span: { from: 0, until } } }, 'the span of the question to be'],
      [
        { query: { ...manifest.query, rows: ['badge'] } },
        'the columns to be badge, level, count, found room, level, count',
      ],
      [{ holds: 'records', totals: { count: 3 } }, 'the count of its totals to be 2, found 3'],
    ] as [Partial<Manifest>, string][])
      assert.ok(faults(more)[0]?.startsWith(`manifest.json: expected ${words}`), `${words}: ${faults(more)}`);
  });
});

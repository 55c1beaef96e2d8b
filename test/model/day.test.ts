import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { daysIn, daysOf } from '../../services/model/day.ts';

const HOUR = 3_600_000;

describe('daysOf(instants, zone)', () => {
  it('gives each day that holds one, of 23 and 25 hours too', () => {
    const instants = ['2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'];
    assert.deepEqual(
      daysOf(instants.map(Date.parse), 'Europe/Berlin').map(({ day, from, until }) => [day, (until - from) / HOUR]),
      [
        ['2026-03-29', 23],
        ['2026-10-25', 25],
        ['2026-10-26', 24],
      ],
    );
  });

  it('equals the days of each instant, one by one', () => {
    const zones = fc.constantFrom('Europe/Dublin', 'Australia/Lord_Howe', 'Etc/GMT+12', 'Asia/Kathmandu');
    const instants = fc.array(fc.integer({ min: 0, max: 800 * 24 * 4 }), { maxLength: 30 });
    fc.assert(
      fc.property(zones, instants, (zone, quarters) => {
        const times = [...quarters].sort((a, b) => a - b).map((quarter) => Date.UTC(2025, 0, 1) + quarter * 900_000);
        const each = times.flatMap((time) => daysIn({ from: time, until: time + 1 }, zone).map(({ day }) => day));
        assert.deepEqual(
          daysOf(times, zone).map(({ day }) => day),
          [...new Set(each)],
        );
      }),
      { numRuns: 200 },
    );
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { withoutOverlaps } from '../../services/model/members.ts';
import type { Member } from '../../services/model/venue.ts';

it('withoutOverlaps(members) keeps at each instant the group of the first row that holds, and no two rows', () => {
  const row = fc
    .record({
      badge: fc.constantFrom('x', 'y'),
      group: fc.constantFrom('a', 'b', 'c'),
      from: fc.integer({ min: 0, max: 9 }),
      long: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ badge, group, from, long }) => ({
      badge,
      group,
      from: from === 0 ? Number.NEGATIVE_INFINITY : from,
      until: from + long > 12 ? Number.POSITIVE_INFINITY : from + long,
    }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), (rows) => {
      const cut = withoutOverlaps(rows);
      for (const badge of ['x', 'y'])
        for (let at = -2; at < 25; at += 0.5) {
          const holds = (one: Member) => one.badge === badge && one.from <= at && at < one.until;
          assert.equal(cut.filter(holds)[0]?.group, rows.find(holds)?.group);
          assert.ok(cut.filter(holds).length <= 1);
        }
    }),
  );
});

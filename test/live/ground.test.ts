import assert from 'node:assert/strict';
import { it } from 'node:test';
import { groundOf } from '../../services/live/ground.ts';
import type { Venue } from '../../services/model/venue.ts';
import { venueOf } from '../locate/world.ts';

const T = 1_000_000;
const before = venueOf([
  ['g1', 'a'],
  ['g2', 'b'],
]);
const movedFrom = (from: number): Venue =>
  venueOf([
    ['g1', 'a', { until: from }],
    ['g1', 'b', { from }],
    ['g2', 'b'],
  ]);

it('groundOf(venue, time) is the same where nothing differs until then, and another where something does', () => {
  const same = (venue: Venue) => groundOf(venue, T) === groundOf(before, T);
  assert.ok(same(movedFrom(T + 1)), 'a gateway that is moved later');
  assert.ok(!same(movedFrom(T)), 'one that was moved');
  assert.ok(
    same({ ...before, version: 'other', file: { ...before.file, sessions: [], name: 'Renamed' } }),
    'what is said',
  );
  assert.ok(!same({ ...before, rooms: [...before.rooms, 'c'] }), 'a room more');
  const wall = { room: 'b', of: ['a', 'b'], from: T + 1, until: T + 2 };
  assert.ok(same({ ...before, merges: [wall] }), 'a wall to come');
  assert.ok(!same({ ...before, merges: [{ ...wall, from: T }] }), 'a wall that is open');
  const sensors = [{ id: 's', room: 'a' }];
  assert.ok(!same({ ...before, file: { ...before.file, sensors } }), 'a sensor');
});

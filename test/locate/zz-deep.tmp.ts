import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import fc from 'fast-check';
import { type Change, createLocator, type LocateState, type Locator } from '../../services/locate/locate.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { createOracle } from './oracle.ts';
import { randomWorld, seeded, sighting, venueOf, type World } from './world.ts';

/** Sightings by the second that they are received by. */
const bySecond = ({ sightings }: World, second: number): Sighting[] =>
  sightings.filter(({ received }) => received > second - 1000 && received <= second);

const secondsOf = ({ start, seconds }: World): number[] =>
  Array.from({ length: seconds }, (_, i) => start + (i + 1) * 1000);

/** Every change of a world; `feed` may disturb how a second's sightings are handed over. */
function run(world: World, feed = (taken: Sighting[]) => taken, locator = createLocator(world.venue)): Change[] {
  return secondsOf(world).flatMap((second) => {
    for (const one of feed(bySecond(world, second))) locator.take(one);
    return locator.tick(second);
  });
}

test('tick(second) decides what the oracle decides, second by second', () => {
  const decided = { changes: 0, rooms: new Set<string | null>() };
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(20, 60, 150), (seed, slowest) => {
      const world = randomWorld(seed, 400, slowest);
      const locator = createLocator(world.venue);
      const oracle = createOracle(world.venue);
      const standing = new Map<string, Change>();
      for (const second of secondsOf(world)) {
        for (const one of bySecond(world, second)) locator.take(one);
        for (const change of locator.tick(second)) {
          standing.set(change.badge, change);
          decided.changes += 1;
          decided.rooms.add(change.room);
        }
        const expected = oracle(
          world.sightings.filter(({ received }) => received <= second),
          second,
        );
        for (const [badge, { room, parked, visit }] of expected) {
          const found = standing.get(badge) ?? { room: null, parked: false, visit: 0 };
          assert.deepEqual(
            { second, badge, room: found.room, parked: found.parked, visit: found.visit },
            { second, badge, room, parked, visit },
          );
        }
        for (const { badge, heard } of locator.present()) assert.equal(heard, expected.get(badge)?.heard);
      }
    }),
    { numRuns: 400 },
  );
  assert.deepEqual([...decided.rooms].sort(), ['a', 'ab', 'b', 'c', null]);
  assert.ok(decided.changes > 100, `${decided.changes} changes are too few to tell`);
});

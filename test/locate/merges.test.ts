import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, createLocator } from '../../services/locate/locate.ts';
import type { Merge } from '../../services/model/venue.ts';
import { sighting, venueOf } from './world.ts';

const S = 1000;
const T0 = Date.UTC(2018, 10, 5, 9);
const WALL: Merge = { room: 'hall-12', of: ['hall-1', 'hall-2'], from: T0 + 20 * S, until: T0 + 40 * S };
const GATEWAYS: [string, string][] = [
  ['g1', 'hall-1'],
  ['g2', 'hall-2'],
  ['g3', 'foyer'],
];

/** Each second every gateway hears the badge at its level; returns `[second, room]` of each change. */
function hear(merges: Merge[], seconds: number, levels: Record<string, number>, silentFrom = seconds): unknown[] {
  const locator = createLocator(venueOf(GATEWAYS, merges));
  const changes: Change[] = [];
  for (let s = 0; s <= seconds; s += 1) {
    for (const [gateway, rssi] of s < silentFrom ? Object.entries(levels) : []) {
      locator.take(sighting('x', gateway, T0 + s * S, rssi));
    }
    changes.push(...locator.tick(T0 + s * S));
  }
  return changes.map(({ time, room }) => [(time - T0) / S, room]);
}

test('while a wall is open the whole exists and its parts do not', () => {
  assert.deepEqual(hear([WALL], 60, { g1: -60, g2: -70 }), [
    [0, 'hall-1'],
    [20, 'hall-12'],
    [40, 'hall-1'],
  ]);
  assert.deepEqual(hear([WALL], 60, { g1: -70, g2: -60 }), [
    [0, 'hall-2'],
    [20, 'hall-12'],
    [40, 'hall-2'],
  ]);
});

test('the gateways of the parts are weighed together', () => {
  assert.deepEqual(hear([WALL], 60, { g1: -60, g2: -60, g3: -58 }), [
    [0, 'foyer'],
    [20, 'hall-12'],
    [40, 'foyer'],
  ]);
});

test('when the wall closes a badge is in a part, also one that has just been silent', () => {
  assert.deepEqual(hear([WALL], 42, { g1: -70, g2: -60 }, 37), [
    [0, 'hall-2'],
    [20, 'hall-12'],
    [40, 'hall-2'],
    [41, null],
  ]);
});

test('a whole may be a part of another, and a ring of walls does no harm', () => {
  const house = { room: 'house', of: ['hall-12', 'foyer'], from: T0 + 30 * S, until: T0 + 40 * S };
  assert.deepEqual(hear([WALL, house], 35, { g1: -60 }), [
    [0, 'hall-1'],
    [20, 'hall-12'],
    [30, 'house'],
  ]);
  const ring = { room: 'hall-1', of: ['hall-12'], from: T0 + 20 * S, until: T0 + 40 * S };
  assert.equal(hear([WALL, ring], 35, { g1: -60 }).length > 0, true);
});

test('save() while a wall is closed moves nobody, not even one that a gateway of the whole hears', () => {
  const venue = venueOf([...GATEWAYS, ['g12', 'hall-12']], [{ ...WALL, from: T0 - 40 * S, until: T0 - 20 * S }]);
  const locator = createLocator(venue);
  locator.take(sighting('x', 'g12', T0, -50));
  assert.deepEqual(
    locator.tick(T0).map(({ room }) => room),
    ['hall-12'],
  );
  assert.deepEqual(createLocator(venue, locator.save()).tick(T0 + S), []);
  const opened = venueOf(GATEWAYS, [{ room: 'house', of: ['hall-12'], from: T0 - S, until: T0 + 40 * S }]);
  const [change] = createLocator(opened, locator.save()).tick(T0 + S);
  assert.equal(change?.room, 'house', 'another venue is looked at in the first second');
});

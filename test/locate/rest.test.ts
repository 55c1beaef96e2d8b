import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, createLocator, type Locator } from '../../services/locate/locate.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { createOracle } from './oracle.ts';
import { bySecond, seeded, sighting, venueOf } from './world.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const T0 = Date.UTC(2018, 10, 5, 9);
const VENUE = venueOf([
  ['g', 'a'],
  ['h', 'b'],
]);

/** Speaks once a minute for `minutes` from `from` on, heard by `gateway` at the level of each minute. */
function lie(
  locator: Locator,
  from: number,
  minutes: number,
  level: (minute: number) => number,
  gateway = 'g',
): Change[] {
  return Array.from({ length: minutes }, (_, i) => i).flatMap((i) => {
    locator.take(sighting('x', gateway, from + i * MIN, level(i)));
    return locator.tick(from + i * MIN);
  });
}

const steady = (): number => -50;
const short = (changes: Change[]): unknown[] =>
  changes.map(({ time, room, parked }) => [Math.floor((time - T0) / MIN), room, parked]);

test('a badge that lies still for 4 h is parked: another presence of the same visit', () => {
  const locator = createLocator(VENUE);
  const changes = lie(locator, T0, 300, steady);
  assert.deepEqual(short(changes), [
    [0, 'a', false],
    [240, 'a', true],
  ]);
  assert.equal(changes[1]?.visit, changes[0]?.visit);
  assert.equal(changes[1]?.reason, 'parked: within 6 dB for 4 h');
});

test('4 h are 4 h: a window that began late is not enough', () => {
  const changes = lie(createLocator(VENUE), T0 + 5 * MIN, 300, steady);
  assert.deepEqual(short(changes), [
    [5, 'a', false],
    [250, 'a', true],
  ]);
});

test('steady is: the medians of 10 minutes stay within 6 dB; single readings may do as they like', () => {
  const outliers = (i: number): number => (i % 10 === 3 ? -80 : -50);
  assert.equal(lie(createLocator(VENUE), T0, 241, outliers).at(-1)?.parked, true);
  const drift = (db: number) => (i: number) => -50 - Math.floor((i / 240) * (db + 1));
  assert.equal(lie(createLocator(VENUE), T0, 241, drift(6)).at(-1)?.parked, true);
  assert.equal(lie(createLocator(VENUE), T0, 241, drift(9)).at(-1)?.parked, false);
});

test('a parked badge moves when its level shifts by more than 6 dB for two windows, not for one', () => {
  for (const [shift, minutes, moves] of [
    [7, 20, 1],
    [7, 10, 0],
    [6, 40, 0],
  ] as const) {
    const locator = createLocator(VENUE);
    lie(locator, T0, 250, steady);
    const changes = lie(locator, T0 + 250 * MIN, 60, (i) => (i < minutes ? -50 - shift : -50));
    assert.deepEqual(short(changes), moves ? [[270, 'a', false]] : [], `${shift} dB for ${minutes} min`);
    assert.equal(changes[0]?.visit ?? T0, T0);
  }
});

test('a parked badge moves when its room changes', () => {
  const locator = createLocator(VENUE);
  lie(locator, T0, 250, steady);
  const changes = lie(locator, T0 + 250 * MIN, 10, steady, 'h');
  assert.equal(changes.length, 1);
  assert.deepEqual([changes[0]?.room, changes[0]?.parked], ['b', false]);
});

test('silence neither resets nor ends parking: not before the 4 h are full, nor after', () => {
  const locator = createLocator(VENUE);
  lie(locator, T0, 120, steady);
  const before = lie(locator, T0 + 180 * MIN, 130, steady);
  assert.deepEqual(
    short(before),
    [
      [121, null, false],
      [180, 'a', false],
      [300, 'a', true],
    ].slice(0, 3),
  );
  const after = lie(locator, T0 + 12 * 60 * MIN, 30, steady);
  assert.deepEqual(short(after), [
    [311, null, false],
    [720, 'a', true],
  ]);
});

test('a wall that opens and closes is no move', () => {
  const merges = [{ room: 'ab', of: ['a', 'b'], from: T0 + 5 * H + 20 * S, until: T0 + 6 * H + 20 * S }];
  const locator = createLocator(
    venueOf(
      [
        ['g', 'a'],
        ['h', 'b'],
      ],
      merges,
    ),
  );
  const changes = lie(locator, T0, 400, steady);
  assert.deepEqual(short(changes), [
    [0, 'a', false],
    [240, 'a', true],
    [300, 'ab', true],
    [360, 'a', true],
  ]);
  assert.deepEqual(changes.map(({ reason }) => reason).slice(2), ['ab opened', 'ab closed: a −50 dBm, no other room']);
});

test('parking is what the oracle says, over days of tables, pockets, silences and walls', () => {
  let parked = 0;
  for (let seed = 1; seed <= 3; seed += 1) {
    const venue = venueOf(
      [
        ['g', 'a'],
        ['h', 'b'],
      ],
      [{ room: 'ab', of: ['a', 'b'], from: T0 + 7 * H, until: T0 + 9 * H }],
    );
    const sightings = days(seeded(seed));
    const received = bySecond(sightings);
    const locator = createLocator(venue);
    const oracle = createOracle(venue);
    const standing = new Map<string, Change>();
    for (let second = T0; second <= T0 + 16 * H; second += S) {
      const taken = received.get(second) ?? [];
      for (const one of taken) locator.take(one);
      for (const change of locator.tick(second)) standing.set(change.badge, change);
      // the oracle is slow: it is asked where something was heard, where walls move, and once a minute
      if (taken.length === 0 && second % MIN !== 0) continue;
      const expected = oracle(taken, second).get('x');
      const found = standing.get('x');
      assert.deepEqual(
        [second, found?.room ?? null, found?.parked ?? false],
        [second, expected?.room ?? null, expected?.parked ?? false],
      );
      if (found?.parked) parked += 1;
    }
  }
  assert.ok(parked > 300, `parked in ${parked} looks only`);
});

/** Once a minute, on the minute: hours on a table, by one gateway or the other, hours in a pocket, now and then silence. */
function days(random: () => number): Sighting[] {
  const sightings: Sighting[] = [];
  for (let minute = 0; minute < 16 * 60; ) {
    const until = minute + 60 + Math.floor(random() * 500);
    const spread = random() < 0.6 ? 4 : 30;
    const near = random() < 0.8 ? 0 : 10;
    for (; minute < until; minute += random() < 0.01 ? 20 : 1) {
      sightings.push(sighting('x', 'g', T0 + minute * MIN, Math.round(-55 - near - random() * spread)));
      sightings.push(sighting('x', 'h', T0 + minute * MIN, Math.round(-60 - random() * spread)));
    }
  }
  return sightings;
}

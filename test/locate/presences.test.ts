import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLocator, RULE } from '../../services/locate/locate.ts';
import { presencesOf, type RunOptions } from '../../services/locate/run.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Venue } from '../../services/model/venue.ts';
import { bySecond, randomWorld, secondsOf, sighting, venueOf } from './world.ts';

const S = 1000;
const H = 3600 * S;
const T0 = Date.UTC(2018, 10, 5, 9);

async function all(observations: Observation[], venue: Venue, options?: RunOptions, size = 100): Promise<Presence[]> {
  const batches = Array.from({ length: Math.ceil(observations.length / size) }, (_, i) =>
    observations.slice(i * size, (i + 1) * size),
  );
  const presences: Presence[] = [];
  for await (const presence of presencesOf(batches, venue, options)) presences.push(presence);
  return presences;
}

/** Gateway `g` hears badge `x` every minute of a span, steps of 10 dB apart so that it is not parked. */
const worn = (from: number, until: number): Observation[] =>
  Array.from({ length: (until - from) / (60 * S) }, (_, i) =>
    sighting('x', 'g', from + i * 60 * S, i % 40 < 20 ? -50 : -60),
  );

test('presencesOf(…) says who was where, since when, why and by which rule', async () => {
  const venue = venueOf([
    ['g', 'hall-1'],
    ['h', 'foyer'],
  ]);
  const seconds = Array.from({ length: 30 }, (_, i) => T0 + i * S);
  const observations = seconds.flatMap((time, i) => [
    sighting('x', 'g', time - 200, i < 15 ? -58 : -70, time),
    sighting('x', 'h', time - 100, -66, time),
  ]);
  const presences = await all(observations, venue);
  assert.deepEqual(presences, [
    {
      badge: 'x',
      room: 'hall-1',
      from: T0,
      until: T0 + 18 * S,
      reason: 'hall-1 −58 dBm, next foyer −66 dBm',
      parked: false,
      heard: T0 + 18 * S - 100,
      visit: T0,
      rule: RULE,
    },
    {
      badge: 'x',
      room: 'foyer',
      from: T0 + 18 * S,
      until: null,
      reason: 'foyer −66 dBm, next hall-1 −70 dBm',
      parked: false,
      heard: T0 + 29 * S - 100,
      visit: T0 + 18 * S,
      rule: RULE,
    },
  ]);
});

test('midnight of the venue cuts a presence in two that share a visit, on days of 23, 24 and 25 hours', async () => {
  for (const [day, hours] of [
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-06-01', 24],
  ] as const) {
    const noon = Date.parse(`${day}T12:00:00Z`);
    const venue = venueOf([['g', 'a']], [], 'Europe/Dublin');
    const presences = await all(worn(noon - 24 * H, noon + 24 * H), venue);
    assert.equal(presences.length, 3, day);
    const [before, whole, after] = presences as [Presence, Presence, Presence];
    assert.equal((whole.until! - whole.from) / H, hours, day);
    assert.deepEqual([before.until, whole.until], [whole.from, after.from]);
    assert.deepEqual(new Set(presences.map(({ visit }) => visit)), new Set([before.from]));
    assert.ok(before.heard <= whole.from && before.heard >= whole.from - 60 * S);
  }
});

test('presences of a badge never overlap, and their seconds are those in which it was present', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(20, 60, 150), async (seed, slowest) => {
      const world = randomWorld(seed, 300, slowest, true);
      const presences = await all(world.sightings, world.venue);
      const locator = createLocator(world.venue);
      const received = bySecond(world.sightings);
      const last = Math.max(...received.keys());
      for (const second of secondsOf(world).filter((second) => second <= last)) {
        for (const one of received.get(second) ?? []) locator.take(one);
        locator.tick(second);
        const covering = presences.filter(
          ({ from, until }) => from <= second && second < (until ?? Number.POSITIVE_INFINITY),
        );
        const present = locator.present().map(({ badge, room, parked, visit }) => ({ badge, room, parked, visit }));
        assert.deepEqual(
          covering.map(({ badge, room, parked, visit }) => ({ badge, room, parked, visit })).sort(byBadge),
          present.sort(byBadge),
        );
      }
    }),
    { numRuns: 15 },
  );
});

const byBadge = (a: { badge: string }, b: { badge: string }): number => (a.badge < b.badge ? -1 : 1);

test('presencesOf(…, {from, until}) cuts at its bounds; what was before only teaches', async () => {
  const venue = venueOf([['g', 'a']]);
  const heard = worn(T0, T0 + 2 * H);
  const [from, until] = [T0 + H, T0 + H + 600 * S];
  const [cut, ...none] = await all(heard, venue, { from, until });
  assert.deepEqual(none, []);
  assert.deepEqual([cut?.from, cut?.until, cut?.visit, cut?.heard], [from, until, T0, until - 60 * S]);
  assert.deepEqual(await all(worn(T0, T0 + 600 * S), venue, { from: T0 + H - 60 * S, until }), []);
  const [silent] = await all(heard, venue, { from, until: T0 + 9 * H });
  assert.equal(silent?.until, T0 + 2 * H + 90 * S, 'given up two and a half minutes after the last line');
  assert.deepEqual(await all([], venue, { from, until }), []);
  const midnight = Date.UTC(2018, 10, 6);
  const day = await all(worn(midnight - H, midnight + H), venue, { until: midnight });
  assert.deepEqual(
    day.map(({ until }) => until),
    [midnight],
    'the piece after midnight begins where the span ends',
  );
});

test('presencesOf(…, {until}) goes on after the last observation: silence ends a presence there too', async () => {
  const observations = worn(T0, T0 + 30 * 60 * S);
  const last = T0 + 29 * 60 * S;
  const later = await all(observations, venueOf([['g', 'hall']]), { until: T0 + 5 * H });
  assert.equal(later.length, 1);
  // once a minute: given up after two and a half of them
  assert.equal(later[0]!.until, last + 150 * S);
  assert.equal(later[0]!.heard, last);
  const after = await all(observations, venueOf([['g', 'hall']]), { from: last + 60 * S, until: last + 100 * S });
  assert.deepEqual(
    after.map(({ from, until }) => [from, until]),
    [[last + 60 * S, last + 100 * S]],
  );
  assert.deepEqual(await all(observations, venueOf([['g', 'hall']]), { from: last + H, until: last + 2 * H }), []);
  assert.equal((await all(observations, venueOf([['g', 'hall']])))[0]!.until, null);
});

test('presencesOf(…) gives the same in batches of any size, and goes on from a state', async () => {
  const world = randomWorld(7, 600, 60);
  const whole = await all(world.sightings, world.venue);
  assert.deepEqual(await all(world.sightings, world.venue, {}, 1), whole);
  assert.deepEqual(await all(world.sightings, world.venue, {}, 10_000), whole);

  const middle = world.start + 300 * S;
  const locator = createLocator(world.venue);
  for (const [second, taken] of [...bySecond(world.sightings)].sort(([a], [b]) => a - b)) {
    if (second > middle) break;
    for (const one of taken) locator.take(one);
    locator.tick(second);
  }
  locator.tick(middle + S);
  const later = world.sightings.filter(({ received }) => received > middle);
  const found = await all(later, world.venue, { from: middle + S, state: locator.save() });
  const expected = await all(world.sightings, world.venue, { from: middle + S });
  const plain = (presences: Presence[]): string[] => presences.map((one) => JSON.stringify(one)).sort();
  assert.deepEqual(plain(found), plain(expected));
});

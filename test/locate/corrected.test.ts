import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { correctedOf } from '../../services/locate/corrected.ts';
import type { Sighting } from '../../services/model/observation.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { FIVE, isAbsent, labVenue, readBadgeWeek, readWalks, TURNING } from './recordings.ts';
import { randomWorld, sighting, venueOf } from './world.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const T0 = Date.UTC(2018, 10, 5, 9);

const inTime = (sightings: Sighting[]) =>
  sightings.map((one) => ({ ...one, received: one.time })).sort((a, b) => a.time - b.time);

async function all(sightings: Sighting[], venue: Venue, span: Partial<Span> = {}): Promise<Presence[]> {
  const presences: Presence[] = [];
  for await (const one of correctedOf([inTime(sightings)], venue, span)) presences.push(one);
  return presences.sort((a, b) => a.from - b.from || (a.badge < b.badge ? -1 : 1));
}

const shown = (presences: Presence[]) =>
  presences.map(({ room, from, until }) => [room, from - T0, until && until - T0]);

test('a change lies half-way between two words, an end with the second last heard, a single odd word changes nothing', async () => {
  const venue = venueOf([
    ['g', 'a'],
    ['h', 'b'],
  ]);
  const minutely = (gateway: string, from: number, until: number) =>
    Array.from({ length: until - from }, (_, i) => sighting('x', gateway, T0 + (from + i) * M, -60));
  const told = [...minutely('g', 0, 10), sighting('x', 'h', T0 + 4.5 * M, -60), ...minutely('h', 10, 20)];
  const later = sighting('x', 'g', T0 + 60 * M, -60);
  assert.deepEqual(shown(await all([...told, later], venue)), [
    ['a', 0, 9.5 * M],
    ['b', 9.5 * M, 19 * M + S],
    ['a', 60 * M, null],
  ]);
});

test('nobody is in a merged room before its wall opened, however the words lie', async () => {
  const merge = { room: 'ab', of: ['a', 'b'], from: T0 + 9.8 * M, until: T0 + 30 * M };
  const venue = venueOf(
    [
      ['g', 'a'],
      ['h', 'b'],
      ['i', 'c'],
    ],
    [merge],
  );
  const told = Array.from({ length: 20 }, (_, i) => sighting('x', i < 10 ? 'i' : 'g', T0 + i * M, -60));
  assert.deepEqual(shown(await all([...told, sighting('x', 'g', T0 + 25 * M, -60)], venue)).slice(0, 2), [
    ['c', 0, 9.8 * M],
    ['ab', 9.8 * M, 19 * M + S],
  ]);
});

test('midnight cuts a stay in two that share a visit; the ends of the span too', async () => {
  const venue = venueOf([['g', 'a']], [], 'Europe/Dublin');
  const midnight = Date.UTC(2026, 2, 29);
  const told = Array.from({ length: 120 }, (_, i) => sighting('x', 'g', midnight - H + i * M, i % 2 ? -50 : -70));
  const presences = await all(told, venue);
  assert.deepEqual(
    presences.map(({ from, until, visit }) => [from - midnight, until && until - midnight, visit - midnight]),
    [
      [-H, 0, -H],
      [0, null, -H],
    ],
  );
  const [piece, ...others] = await all(told, venue, { from: midnight - 10 * M, until: midnight });
  assert.deepEqual(
    [piece!.from, piece!.until, piece!.visit, others.length],
    [midnight - 10 * M, midnight, midnight - H, 0],
  );
});

test('a badge on a table is parked from the first minute, though that is known four hours later', async () => {
  const venue = venueOf([['g', 'a']]);
  const worn = Array.from({ length: 60 }, (_, i) => sighting('x', 'g', T0 + i * M, i % 20 < 10 ? -50 : -70));
  const lies = Array.from({ length: 360 }, (_, i) => sighting('x', 'g', T0 + H + i * M, -60));
  const presences = await all([...worn, ...lies], venue);
  const parked = presences.filter((one) => one.parked);
  assert.equal(parked.length, 1);
  assert.ok(Math.abs(parked[0]!.from - (T0 + H)) <= 10 * M, `from ${(parked[0]!.from - T0) / M} min`);
  assert.deepEqual(
    presences.map(({ visit }) => visit - T0),
    presences.map(() => 0),
  );
});

test('while a wall is open the whole is there, after it the part that words speak for', async () => {
  const venue = venueOf(
    [
      ['g', 'a'],
      ['h', 'b'],
    ],
    [{ room: 'ab', of: ['a', 'b'], from: T0 + 5 * M, until: T0 + 10 * M }],
  );
  const told = Array.from({ length: 15 }, (_, i) => sighting('x', i < 10 ? 'g' : 'h', T0 + i * M + 30 * S, -60));
  assert.deepEqual(
    shown(await all(told, venue)).map(([room, from]) => [room, from]),
    [
      ['a', 30 * S],
      ['ab', 5 * M],
      ['b', 10 * M],
    ],
  );
});

test('batches and ties in another order make no difference', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), async (seed, size) => {
      const { venue, sightings } = randomWorld(seed, 600, 20, true);
      const sorted = inTime(sightings);
      const other = inTime([...sightings].reverse());
      const batches = Array.from({ length: Math.ceil(other.length / size) }, (_, i) =>
        other.slice(i * size, (i + 1) * size),
      );
      const presences: Presence[] = [];
      for await (const one of correctedOf(batches, venue)) presences.push(one);
      presences.sort((a, b) => a.from - b.from || (a.badge < b.badge ? -1 : 1));
      assert.deepEqual(presences, await all(sorted, venue));
    }),
    { numRuns: 40 },
  ));

test('nobody is in a room before a gateway listens there', async () => {
  const venue = venueOf([
    ['g', 'a'],
    ['h', 'b', { from: T0 + 3 * M }],
  ]);
  const told = Array.from({ length: 8 }, (_, i) => sighting('x', i < 3 ? 'g' : 'h', T0 + i * M + 10 * S, -60));
  assert.deepEqual(shown(await all(told, venue)), [
    ['a', 10 * S, 3 * M],
    ['b', 3 * M, null],
  ]);
});

test('six recorded walks in four phases: at least 92 % of seconds right, 14 changes for 13 true', {
  skip: isAbsent,
}, async (t) => {
  let [samples, right, changes] = [0, 0, 0];
  for (const phase of [0, 250, 500, 750])
    for (const walk of [...readWalks(FIVE, phase), ...readWalks(TURNING, phase)]) {
      const presences = await all(walk.sightings, labVenue());
      changes += presences.length - 1;
      for (let time = walk.truth[0]!.time + S; time <= walk.truth.at(-1)!.time; time += S) {
        const truth = walk.truth.findLast((one) => one.time <= time)!.room;
        samples += 1;
        if (presences.findLast(({ from }) => from <= time)?.room === truth) right += 1;
      }
    }
  t.diagnostic(`${((100 * right) / samples).toFixed(1)} % right, ${changes / 4} changes for 13 true`);
  assert.ok(right / samples >= 0.92 && changes / 4 <= 14);
});

test('the badge week: silence ends a stay with the second last heard, and parked from the first minutes', {
  skip: isAbsent,
}, async () => {
  const week = inTime(readBadgeWeek());
  const presences = await all(
    week,
    venueOf([
      ['22100', 'table'],
      ['37312', 'table'],
    ]),
  );
  for (const badge of new Set(presences.map((one) => one.badge))) {
    const own = presences.filter((one) => one.badge === badge);
    const heard = new Set(
      week.filter((one) => one.badge === badge && ['22100', '37312'].includes(one.gateway)).map(({ time }) => time),
    );
    for (const [i, one] of own.entries()) {
      if (one.until === null || own[i + 1]?.from === one.until) continue;
      assert.ok(heard.has(one.heard) && one.until === Math.ceil(one.heard / S) * S + S);
    }
    const length = (list: Presence[]) => list.reduce((sum, { from, until }) => sum + ((until ?? from) - from), 0);
    assert.ok(length(own.filter(({ parked }) => parked)) >= 0.95 * length(own), `${badge} lies on a table`);
  }
});

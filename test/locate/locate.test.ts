import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import fc from 'fast-check';
import { type Change, createLocator, type LocateState } from '../../services/locate/locate.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { createOracle } from './oracle.ts';
import { bySecond, randomWorld, secondsOf, seeded, sighting, venueOf, type World } from './world.ts';

const seed = fc.integer();
const slowest = fc.constantFrom(20, 60, 150);

/** Every change of a world; `feed` may disturb what is handed over in a second. */
function changesOf(world: World, feed = (taken: Sighting[]): Sighting[] => taken): Change[] {
  const locator = createLocator(world.venue);
  const received = bySecond(world.sightings);
  return secondsOf(world).flatMap((second) => {
    for (const one of feed(received.get(second) ?? [])) locator.take(one);
    return locator.tick(second);
  });
}

test('tick(second) decides what the oracle decides, second by second', () => {
  const rooms = new Set<string | null>();
  fc.assert(
    fc.property(seed, slowest, (seed, slowest) => {
      const world = randomWorld(seed, 250, slowest);
      const locator = createLocator(world.venue);
      const oracle = createOracle(world.venue);
      const standing = new Map<string, Change>();
      const received = bySecond(world.sightings);
      for (const second of secondsOf(world)) {
        for (const one of received.get(second) ?? []) locator.take(one);
        for (const change of locator.tick(second)) {
          standing.set(change.badge, change);
          rooms.add(change.room);
        }
        const expected = oracle(received.get(second) ?? [], second);
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
    { numRuns: 10 },
  );
  assert.deepEqual([...rooms].sort(), ['a', 'ab', 'b', 'c', null], 'worlds in which too little happens tell nothing');
});

test('take(sighting) in any order, and again at any later time, changes nothing', () => {
  fc.assert(
    fc.property(seed, slowest, (seed, slowest) => {
      const world = randomWorld(seed, 300, slowest, true);
      const random = seeded(seed);
      const repeats = world.sightings
        .filter(() => random() < 0.2)
        .map((one) => ({ ...one, received: one.received + Math.floor(random() * 400_000) }));
      const disturbed = { ...world, sightings: [...world.sightings, ...repeats] };
      const shuffled = (taken: Sighting[]): Sighting[] =>
        [...taken, ...taken.filter(() => random() < 0.3)]
          .map((one) => ({ one, at: random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
      assert.deepEqual(changesOf(disturbed, shuffled), changesOf(world));
    }),
    { numRuns: 25 },
  );
});

test('take(sighting) of what one instant brought, from a clock that jumps, in any order', () => {
  const burst = Array.from({ length: 40 }, (_, i) => sighting('x', 'g', T0 - 20_000 + i * 1000, -50 - i, T0));
  const learnt = (sightings: Sighting[]): unknown => {
    const locator = createLocator(venueOf([['g', 'a']]));
    for (const one of sightings) locator.take(one);
    return [locator.tick(T0), locator.save().badges[0]?.cadence, locator.save().badges[0]?.samples];
  };
  assert.deepEqual(learnt([...burst].reverse()), learnt(burst));
});

test('take(sighting) ahead of its second waits for it: a tick takes what was received by then', () => {
  const world = randomWorld(3, 300, 20, true);
  const locator = createLocator(world.venue);
  for (const one of world.sightings) locator.take(one);
  assert.deepEqual(
    secondsOf(world).flatMap((second) => locator.tick(second)),
    changesOf(world),
  );
});

test('tick(second) over seconds in which nothing was taken equals ticking each of them', () => {
  fc.assert(
    fc.property(seed, slowest, (seed, slowest) => {
      const world = randomWorld(seed, 600, slowest);
      const received = bySecond(world.sightings);
      const locator = createLocator(world.venue);
      const last = secondsOf(world).at(-1)!;
      const skipping = secondsOf(world).flatMap((second) => {
        const taken = received.get(second) ?? [];
        for (const one of taken) locator.take(one);
        return taken.length > 0 || second === last ? locator.tick(second) : [];
      });
      assert.deepEqual(skipping, changesOf(world));
    }),
    { numRuns: 10 },
  );
});

test('save() in any second, serialised and taken up again, goes on as if nothing had happened', () => {
  fc.assert(
    fc.property(seed, slowest, fc.integer({ min: 1, max: 299 }), (seed, slowest, stop) => {
      const world = randomWorld(seed, 300, slowest, true);
      const received = bySecond(world.sightings);
      let locator = createLocator(world.venue);
      const changes = secondsOf(world).flatMap((second, i) => {
        const taken = received.get(second) ?? [];
        const [before, after] = [taken.slice(0, taken.length >> 1), taken.slice(taken.length >> 1)];
        for (const one of before) locator.take(one);
        if (i === stop) {
          const state = v8.deserialize(v8.serialize(locator.save())) as LocateState;
          // the old one lives on, and must not reach into what was saved
          for (const one of after) locator.take(one);
          locator.tick(second);
          locator = createLocator(world.venue, state);
        }
        for (const one of after) locator.take(one);
        return locator.tick(second);
      });
      assert.deepEqual(changes, changesOf(world));
    }),
    { numRuns: 25 },
  );
});

test('createLocator(venue, state) of another rule starts cold', () => {
  const venue = venueOf([['g', 'a']]);
  const locator = createLocator(venue);
  locator.take(sighting('x', 'g', T0, -50));
  locator.tick(T0);
  assert.equal(createLocator(venue, locator.save()).present().length, 1);
  assert.equal(createLocator(venue, { ...locator.save(), rule: '0' }).present().length, 0);
});

const T0 = Date.UTC(2018, 10, 5, 9);
const S = 1000;
const H = 3600 * S;

/** Sightings by `g` in room `a` every `pause` seconds, `n` of them, each taken in its second. */
function speak(locator: ReturnType<typeof createLocator>, from: number, n: number, pause: number): Change[] {
  return Array.from({ length: n }, (_, i) => from + i * pause * S).flatMap((time) => {
    locator.take(sighting('x', 'g', time, -50));
    return locator.tick(time);
  });
}

test('a badge is given up after 2.5 cadences, between 5 s and 5 min; before five gaps its cadence is 60 s', () => {
  for (const [pause, n, patience] of [
    [60, 2, 150],
    [1, 5, 150],
    [1, 6, 5],
    [1, 300, 5],
    [10, 6, 25],
    [200, 7, 300],
  ] as const) {
    const locator = createLocator(venueOf([['g', 'a']]));
    speak(locator, T0, n, pause);
    const heard = T0 + (n - 1) * pause * S;
    const [ended] = locator.tick(heard + 3000 * S);
    assert.deepEqual(
      [ended?.room, ended?.time, ended?.heard],
      [null, heard + patience * S, heard],
      `pause ${pause}, n ${n}`,
    );
  }
});

test('a badge that turns out to speak often has been silent for too long already', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  speak(locator, T0, 4, 20);
  for (const s of [1, 2, 3, 4, 5]) locator.take(sighting('x', 'g', T0 + s * S, -50, T0 + 90 * S));
  assert.deepEqual(
    locator.tick(T0 + 90 * S).map(({ room, heard }) => [room, heard]),
    [[null, T0 + 60 * S]],
  );
});

test('a sighting that comes late splits the gap it lies in; one that is late, or far ahead, does nothing', () => {
  const cadenceAfter = (more: Sighting): number | undefined => {
    const locator = createLocator(venueOf([['g', 'a']]));
    speak(locator, T0, 7, 20);
    locator.take(more);
    locator.tick(T0 + 121 * S);
    return locator.present()[0]?.cadence;
  };
  const now = T0 + 121 * S;
  assert.equal(cadenceAfter(sighting('x', 'g', T0 + 121 * S, -50)), 20);
  const gaps = (seconds: number[]) => seconds.map((s) => sighting('x', 'g', T0 + s * S, -50, now));
  assert.equal(cadenceAfter(gaps([50])[0]!), 20);
  const locator = createLocator(venueOf([['g', 'a']]));
  speak(locator, T0, 7, 20);
  for (const one of gaps([10, 30, 50, 70, 90, 110])) locator.take(one);
  locator.tick(now);
  assert.equal(locator.present()[0]?.cadence, 10, 'six gaps of 20 s are twelve of 10 s');
  for (const [time, received, heard] of [
    [now, now + 300_000, now],
    [now, now + 300_001, undefined],
    [now + H, now, now],
    [now + H + 1, now, undefined],
  ] as const) {
    const fresh = createLocator(venueOf([['g', 'a']]));
    fresh.take(sighting('x', 'g', time, -50, received));
    fresh.tick(Math.ceil(received / S) * S);
    assert.equal(fresh.save().badges[0]?.heard, heard, `${time - received} ms ahead`);
  }
});

test('an hour that is learnt no more can give up a badge, with nothing new heard of it', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  speak(locator, T0, 59, 60);
  speak(locator, T0 + 24 * H - 120 * S, 12, 10);
  assert.equal(locator.present()[0]?.cadence, 35, 'of an hour of 60 s and one of 10 s');
  const [ended] = locator.tick(T0 + 25 * H);
  assert.deepEqual([ended?.room, (ended!.time - T0 - 24 * H) / S], [null, 15], '25 s after the last word, not 87');
});

test('silence is no sign of a move: after it, too, another room has to win by the margin', () => {
  for (const [level, room] of [
    [-48, 'a'],
    [-47, 'b'],
  ] as const) {
    const locator = createLocator(
      venueOf([
        ['g', 'a'],
        ['h', 'b'],
      ]),
    );
    speak(locator, T0, 3, 60);
    const later = T0 + H;
    locator.take(sighting('x', 'g', later, -50));
    locator.take(sighting('x', 'h', later, level));
    assert.deepEqual(
      locator.tick(later).map((change) => change.room),
      [null, room],
      `${level} against −50 dBm`,
    );
  }
});

test('a gateway that the venue does not know, or not then, counts in no room and keeps nobody present', () => {
  const venue = venueOf([
    ['g', 'a'],
    ['h', 'b', { until: T0 + 10 * S }],
  ]);
  const locator = createLocator(venue);
  for (let s = 0; s <= 200; s += 1) {
    if (s <= 20) locator.take(sighting('x', 'g', T0 + s * S, -90));
    locator.take(sighting('x', 'h', T0 + s * S, -40));
    locator.take(sighting('x', 'ghost', T0 + s * S, -30));
    const changes = locator.tick(T0 + s * S).map(({ room }) => room);
    assert.deepEqual(changes, { 0: ['b'], 10: ['a'], 25: [null] }[s] ?? [], `second ${s}`);
  }
});

test('ties go to the smaller room id, whoever is heard first', () => {
  for (const gateways of [
    ['g1', 'g2', 'g3'],
    ['g3', 'g2', 'g1'],
  ]) {
    const locator = createLocator(
      venueOf([
        ['g1', 'c'],
        ['g2', 'b'],
        ['g3', 'd'],
      ]),
    );
    for (const gateway of gateways) locator.take(sighting('x', gateway, T0, -60));
    const [change] = locator.tick(T0);
    assert.equal(change?.room, 'b');
    assert.equal(change?.reason, 'b −60 dBm, next c −60 dBm');
  }
});

test('what is learnt reaches back 24 clock hours, and a badge that is silent for longer is forgotten', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  speak(locator, T0, 60, 60);
  speak(locator, T0 + H, 40 * 360, 10);
  assert.equal(locator.save().badges[0]?.cadence.hours.length, 24);
  const early = createLocator(venueOf([['g', 'a']]));
  speak(early, T0 + 17 * H - 10 * S, 24 * 360 + 1, 10);
  assert.deepEqual(locator.save().badges[0]?.cadence, early.save().badges[0]?.cadence);

  const silentSince = T0 + 41 * H - 10 * S;
  for (const [silence, parked] of [
    [24 * H, true],
    [24 * H + S, false],
  ] as const) {
    const later = createLocator(venueOf([['g', 'a']]), locator.save());
    later.take(sighting('x', 'g', silentSince + silence, -50));
    later.tick(silentSince + silence);
    assert.equal(later.present()[0]?.parked, parked, 'a day and a second, and it comes back as a stranger');
  }
  locator.tick(silentSince + 26 * H);
  assert.deepEqual(locator.save().badges, []);
});

test('memory of a badge is bounded, whoever hears it and however often', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  const sizes = [1, 2].map((hour) => {
    for (let s = 0; s < 1800; s += 1) {
      const second = T0 + hour * H + s * S;
      for (let i = 0; i < 40; i += 1) {
        const gateway = `g${(s + i * 7) % 300}`;
        locator.take(sighting('x', gateway, second - i * 20, -40 - (i % 50), second));
      }
      locator.tick(second);
    }
    return v8.serialize(locator.save()).length;
  });
  assert.ok(sizes[1]! < 40_000, `${sizes[1]} bytes`);
});

test('tick over a week of silence costs little, and over years of it no more', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  for (let b = 0; b < 1000; b += 1) locator.take(sighting(`x${b}`, 'g', T0, -50));
  locator.tick(T0);
  // Of the processor, that others may be at.
  const began = process.cpuUsage();
  assert.equal(locator.tick(T0 + 7 * 24 * H).length, 1000);
  assert.deepEqual(locator.tick(T0 + 10_000 * 24 * H), []);
  const ms = process.cpuUsage(began).user / 1000;
  assert.ok(ms < 2000, `${ms} ms`);
});

test('tick(second) refuses a second that is not whole or has passed', () => {
  const locator = createLocator(venueOf([['g', 'a']]));
  locator.tick(T0);
  for (const second of [T0, T0 - S, T0 + 500, Number.NaN]) {
    assert.throws(() => locator.tick(second), /expected a whole second after/);
  }
});

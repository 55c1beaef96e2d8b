import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correctedOf } from '../../services/locate/corrected.ts';
import { createLocator, type LocateState } from '../../services/locate/locate.ts';
import { CROWD } from '../../services/locate/rule.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { bySecond, sighting, venueOf } from './world.ts';

const M = 60_000;
const T0 = Date.UTC(2018, 10, 5, 9);
const venue = venueOf([
  ['g', 'a'],
  ['h', 'b'],
]);

/** Once a minute each of a crowd in `a` speaks, which `b` hears too; from `deaf` to `again` (minutes) nobody is heard in `a`. */
function crowd(people: number, deaf: number, again: number): Sighting[] {
  return Array.from({ length: 40 * people }, (_, i) => {
    const [minute, badge] = [Math.floor(i / people), i % people];
    const time = T0 + minute * M + Math.floor((badge * M) / people / 1000) * 1000;
    const isDeaf = deaf <= minute && minute < again;
    // Two walk over at minute 20: the first is heard 12 dB louder there than before, the second 3 dB louder than it was in `a`.
    const isGone = badge < 2 && minute >= 20;
    const level = isGone ? [-64, -57][badge]! : badge === 1 ? -64 : -76;
    return [
      ...(isDeaf || isGone ? [] : [sighting(`x${badge}`, 'g', time, -60)]),
      sighting(`x${badge}`, 'h', time, level),
    ];
  }).flat();
}

/** Who is in `a` as seen in the second before each of these minutes, after a restart in each of them. */
function seen(sightings: Sighting[], minutes: number[]): string[][] {
  const received = bySecond(sightings);
  let locator = createLocator(venue);
  let now = T0;
  return minutes.map((minute) => {
    for (; now < T0 + minute * M; now += 1000) {
      for (const one of received.get(now) ?? []) locator.take(one);
      locator.tick(now);
    }
    locator = createLocator(venue, structuredClone(locator.save()) as LocateState);
    return locator.present().flatMap(({ room, badge }) => (room === 'a' ? [badge] : []));
  });
}

test('who is in a room whose gateways fall mute stays there until heard louder elsewhere', () => {
  const others = Array.from({ length: CROWD - 2 }, (_, i) => `x${i + 2}`).sort();
  const [before, deaf, walked, again] = seen(crowd(CROWD, 10, 30), [10, 20, 25, 35]);
  assert.deepEqual([before!.length, deaf!.length], [CROWD, CROWD]);
  assert.deepEqual(walked!.sort(), others);
  assert.deepEqual(again!.sort(), others);
});

test('where only a few were, silence is a room that was left', () => {
  assert.deepEqual(
    seen(crowd(CROWD - 1, 10, 30), [10, 15, 35]).map(({ length }) => length),
    [CROWD - 1, 0, CROWD - 3],
  );
});

test('nor is it taken for a move once the hours after are known', async () => {
  const rooms = new Map<string, string[]>();
  for await (const { badge, room } of correctedOf([crowd(CROWD, 10, 30)], venue))
    rooms.set(badge, [...(rooms.get(badge) ?? []), room]);
  assert.deepEqual(
    [rooms.get('x0'), rooms.get('x1')],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
  for (let i = 2; i < CROWD; i += 1) assert.deepEqual(rooms.get(`x${i}`), ['a']);
});

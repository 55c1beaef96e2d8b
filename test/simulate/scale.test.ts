import assert from 'node:assert/strict';
import { it } from 'node:test';
import { at, conference, sightings, told } from './event.ts';

it('a world of one person: who comes is heard, and where they are is known', () => {
  const heard = sightings(told(at(1, '09:00'), at(1, '12:00'), { people: 1, seed: 1, isPlain: true }));
  assert.ok(heard.length > 50, String(heard.length));
  assert.equal(new Set(heard.map(({ badge }) => badge)).size, 1);
  assert.equal(conference({ people: 1, seed: 1 }).truth(at(1, '10:00')).badges[0]!.room !== null, true);
});

it('a world of 100,000 badges: all that are there are heard, and memory does not grow with what was told', () => {
  const from = at(0, '17:00');
  const world = conference({ people: 100_000, from });
  const badges = new Set<string>();
  const minute = (number: number) => {
    for (const { body } of world.advance(from + number * 60_000)) if (body.kind === 'sighting') badges.add(body.badge);
    return process.memoryUsage().rss;
  };
  const early = [1, 2, 3].map(minute).at(-1)!;
  assert.ok(badges.size > 10_000, String(badges.size));
  const late = [4, 5, 6, 7, 8].map(minute).at(-1)!;
  assert.ok(late < early * 1.25 && late < 900 * 2 ** 20, `${early / 2 ** 20} → ${late / 2 ** 20} MiB`);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLocator } from '../../services/locate/locate.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { at, conference, groupBy, mean, type Sighting, START, sightings } from './event.ts';

const parsed = parseVenue(JSON.stringify(demoVenue(START, 'Etc/GMT')));
const venue = 'venue' in parsed ? parsed.venue : assert.fail('the venue has faults');

describe('badges on tables', () => {
  // From the evening of day 1 into the night, as gateways heard it and as locate takes it.
  const [from, until] = [at(1, '18:00'), at(2, '03:10')];
  const world = conference({ from });
  const locator = createLocator(venue);
  const heard: Sighting[] = [];
  const parked = new Map<string, number>();
  for (let second = from + 1000; second <= until; second += 1000) {
    for (const one of sightings([...world.advance(second)])) {
      heard.push(one);
      locator.take({ ...one, kind: 'sighting', battery: null, simulated: true });
    }
    for (const change of locator.tick(second))
      if (change.parked && !parked.has(change.badge)) parked.set(change.badge, second);
  }
  const lying = (time: number) => world.truth(time).badges.filter(({ isWorn, isSpeaking }) => isSpeaking && !isWorn);

  it('three are left in the lounge overnight, and fetched in the morning', () => {
    const left = lying(at(1, '20:00'));
    assert.deepEqual(
      left.map(({ room }) => room),
      ['lounge', 'lounge', 'lounge'],
    );
    assert.deepEqual(
      lying(at(2, '07:00'))
        .filter(({ room }) => room === 'lounge')
        .map(({ badge }) => badge),
      left.map(({ badge }) => badge),
    );
    assert.deepEqual(
      lying(at(2, '08:31')).filter(({ room }) => room === 'lounge'),
      [],
    );
  });

  it('one is lost in the hotel bar for good', () => {
    const lost = lying(at(2, '12:00'));
    assert.deepEqual(
      lost.map(({ room }) => room),
      ['hotel-bar'],
    );
    assert.deepEqual(
      lying(at(3, '10:30')).map(({ badge }) => badge),
      lost.map(({ badge }) => badge),
    );
  });

  it('they are heard all night with a steady signal, cool down to the room and count no claps', () => {
    const night = groupBy(
      heard.filter(({ time }) => time > at(2, '00:00') && time < at(2, '03:00')),
      ({ badge }) => badge,
    );
    assert.deepEqual(
      [...night.keys()].sort(),
      lying(at(2, '03:00'))
        .map(({ badge }) => badge)
        .sort(),
    );
    for (const [badge, reports] of night) {
      assert.ok(reports.length > 150, badge);
      assert.ok(reports.every(({ temperature, claps }) => temperature === 19 && claps === 0));
      for (const [, pair] of groupBy(reports, ({ gateway }) => gateway)) {
        const hours = [...groupBy(pair, ({ time }) => Math.floor(time / 3_600_000)).values()].filter(
          (hour) => hour.length > 30,
        );
        const levels = hours.map((hour) => mean(hour.map(({ rssi }) => rssi)));
        assert.ok(Math.max(...levels) - Math.min(...levels) < 3 || levels.length < 2, badge);
      }
    }
    const warm = heard.filter(({ badge, time }) => night.has(badge) && time < at(1, '18:25'));
    assert.ok(mean(warm.map(({ temperature }) => temperature)) > 24);
  });

  it('locate finds them within its rule, and nobody else', () => {
    const left = lying(at(2, '03:00')).map(({ badge }) => badge);
    assert.deepEqual([...parked.keys()].sort(), [...left].sort());
    for (const [badge, time] of parked) {
      const since = world.truth(at(1, '20:00')).badges.find((one) => one.badge === badge)!.isWorn
        ? at(1, '22:00')
        : at(1, '18:20');
      assert.ok(
        time >= since + 3.9 * 3_600_000 && time <= since + 8 * 3_600_000,
        `${badge} ${(time - since) / 3_600_000} h`,
      );
    }
  });
});

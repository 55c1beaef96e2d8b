import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gaugeAt, newClaps, takeClaps, tickClaps } from '../../services/locate/claps.ts';
import { coverageOf } from '../../services/locate/coverage.ts';
import { hearings, isSparse, takeHeard } from '../../services/locate/density.ts';
import { createFramer, type Framer } from '../../services/locate/frames.ts';
import { newHearing, takeEar, tickHearing, wellnessOf } from '../../services/locate/hearing.ts';
import { excessOf, newWarmth, takeFeeling, venueTemperature } from '../../services/locate/temperature.ts';
import type { RoomFrame } from '../../services/model/frame.ts';
import type { Venue } from '../../services/model/venue.ts';
import { sighting } from '../sightings.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const MINUTE = 60_000;
const place = (id: string, room: string) => ({ id, room, x: 0, y: 0, offset: 0, from: -Infinity, until: Infinity });
const venue: Venue = {
  version: '0'.repeat(64),
  zone: 'UTC',
  file: { zone: 'UTC', rooms: [{ id: 'a' }, { id: 'b' }, { id: 'ab' }], gateways: [] },
  rooms: ['a', 'b', 'ab'],
  gateways: [place('pi-1', 'a'), place('pi-2', 'b')],
  merges: [{ room: 'ab', of: ['a', 'b'], from: T0 + 5 * MINUTE, until: T0 + 6 * MINUTE }],
};

describe('claps', () => {
  it('the gauge is the greatest value of the newest of the last ten seconds, then 0', () => {
    const claps = newClaps();
    takeClaps(claps, 'k', T0 + 1000, 5);
    takeClaps(claps, 'k', T0 + 400, 9);
    takeClaps(claps, 'k', T0 + 1600, 4);
    tickClaps(claps, T0 + 2000);
    assert.equal(gaugeAt(claps, 'k', T0 + 2000), 4);
    assert.equal(gaugeAt(claps, 'k', T0 + 11_000), 4);
    assert.equal(gaugeAt(claps, 'k', T0 + 12_000), 0);
    takeClaps(claps, 'k', T0 + 13_000, 2);
    takeClaps(claps, 'k', T0 + 12_300, 7);
    tickClaps(claps, T0 + 13_000);
    assert.equal(gaugeAt(claps, 'k', T0 + 13_000), 7);
  });

  it('a value that stays for 60 s and is heard ten times is frozen: no applause', () => {
    const claps = newClaps();
    for (let s = 0; s <= 80; s += 5) {
      takeClaps(claps, 'k', T0 + s * 1000, 6);
      tickClaps(claps, T0 + s * 1000);
      assert.equal(gaugeAt(claps, 'k', T0 + s * 1000), s < 60 ? 6 : 0, `${s} s`);
    }
    takeClaps(claps, 'k', T0 + 82_000, 7);
    tickClaps(claps, T0 + 82_000);
    assert.equal(gaugeAt(claps, 'k', T0 + 82_000), 7);
  });
});

describe('temperature', () => {
  it('a badge says how much warmer than its own usual it is, from 30 readings on', () => {
    const warmth = newWarmth();
    for (let minute = 0; minute < 40; minute++) {
      takeFeeling(warmth, 'k', T0 + minute * MINUTE, 30 + (minute % 3) / 10);
      const known = excessOf(warmth, 'k', T0 + minute * MINUTE) !== null;
      assert.equal(known, minute >= 29, `${minute}`);
    }
    assert.equal(venueTemperature(warmth), 3010);
    takeFeeling(warmth, 'k', T0 + 40 * MINUTE, 31);
    assert.equal(excessOf(warmth, 'k', T0 + 40 * MINUTE), 90);
    assert.equal(excessOf(warmth, 'k', T0 + 46 * MINUTE), null);
  });

  it('one value for two hours is frozen and left out', () => {
    const warmth = newWarmth();
    for (let minute = 0; minute <= 130; minute++) takeFeeling(warmth, 'k', T0 + minute * MINUTE, 25);
    assert.equal(excessOf(warmth, 'k', T0 + 130 * MINUTE), null);
    assert.equal(venueTemperature(warmth), null);
  });
});

describe('coverage', () => {
  /** Every second of `minutes`, twelve badges are heard by both gateways, pi-1 hearing only while `hears`. */
  const hearFor = (minutes: [number, number], hears: boolean, hearing = newHearing()) => {
    for (let now = T0 + minutes[0] * MINUTE; now < T0 + minutes[1] * MINUTE; now += 5000) {
      for (let badge = 0; badge < 12; badge++) {
        takeEar(hearing, 'pi-2', `k${badge}`, now, now);
        if (hears) takeEar(hearing, 'pi-1', `k${badge}`, now, now);
      }
      takeEar(hearing, 'pi-1', null, now, now);
      tickHearing(hearing, now);
    }
    return hearing;
  };

  it('a gateway that speaks and hears nobody in busy minutes is deaf after two of them, not before', () => {
    const hearing = hearFor([0, 45], true);
    const at = (minute: number) => wellnessOf(hearing, 'pi-1', T0 + minute * MINUTE);
    assert.equal(at(45), 'good');
    hearFor([45, 46], false, hearing);
    assert.equal(at(46), 'good');
    hearFor([46, 47], false, hearing);
    assert.equal(at(47), 'deaf');
    assert.equal(wellnessOf(hearing, 'pi-2', T0 + 47 * MINUTE), 'good');
    assert.equal(at(48), 'silent');
  });

  it('before 30 busy minutes nobody is called deaf', () => {
    const hearing = hearFor([0, 20], true);
    hearFor([20, 25], false, hearing);
    assert.equal(wellnessOf(hearing, 'pi-1', T0 + 25 * MINUTE), 'good');
  });

  it('coverageOf(gateways): unmeasured, silent, deaf, thin, good', () => {
    assert.equal(coverageOf([], false), 'unmeasured');
    assert.equal(coverageOf(['silent', 'silent'], false), 'silent');
    assert.equal(coverageOf(['deaf', 'silent'], false), 'deaf');
    assert.equal(coverageOf(['deaf', 'good'], false), 'thin');
    assert.equal(coverageOf(['good', 'silent'], false), 'thin');
    assert.equal(coverageOf(['good'], true), 'thin');
    assert.equal(coverageOf(['good', 'good'], false), 'good');
  });

  it('hearings(room) equals a set of (badge, second), whatever jumps time makes', () => {
    const steps = fc.array(fc.record({ badge: fc.nat(2), jump: fc.integer({ min: -40, max: 90 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, fc.nat(1000), (taken, start) => {
        const density = new Map();
        const set = new Set<string>();
        let [second, newest] = [start, 0];
        for (const { badge, jump } of taken) {
          second = Math.max(newest - 40, second + jump, 1);
          newest = Math.max(newest, second);
          takeHeard(density, 'a', `b${badge}`, T0 + second * 1000);
          set.add(`${badge} ${second}`);
        }
        const seconds = [...set].map((text) => Number(text.split(' ')[1]));
        const expected = seconds.filter((one) => one > newest - 300).length;
        assert.equal(hearings(density, 'a', T0 + newest * 1000), expected);
      }),
    );
  });
  it('hearings(room) counts each second of a badge once, over five minutes', () => {
    const density = new Map();
    for (let s = 1; s <= 400; s++)
      for (let twice = 0; twice < 2; twice++) takeHeard(density, 'a', 'k', T0 + s * 1000 - twice * 100);
    assert.equal(hearings(density, 'a', T0 + 400_000), 300);
    takeHeard(density, 'a', 'other', T0 + 350_000);
    assert.equal(hearings(density, 'a', T0 + 400_000), 301);
    assert.equal(hearings(density, 'a', T0 + 660_000), 40);
    const at = (now: number, cadences: number[]) => isSparse(density, 'a', cadences, now);
    // 40 hearings of 150 that are half of what is expected, and of 37.5
    assert.deepEqual([at(T0 + 660_000, [1]), at(T0 + 660_000, [4]), at(T0 + 1e6, [60])], [true, false, false]);
  });
});

describe('createFramer', () => {
  const run = (framer: Framer, from: number, until: number, say = true) => {
    const frames: RoomFrame[][] = [];
    for (let s = from; s < until; s++) {
      const now = T0 + s * 1000;
      if (say)
        for (const badge of ['k1', 'k2', 'k3']) {
          framer.take(sighting({ time: now, gateway: 'pi-1', badge, rssi: -50, claps: badge === 'k1' ? s % 9 : null }));
          framer.take(sighting({ time: now, gateway: 'pi-2', badge, rssi: -80 }));
        }
      frames.push(framer.tick(now).rooms);
    }
    return frames;
  };

  it('counts who is there, what they clap, how old it is and how well it is heard', () => {
    const [room] = run(createFramer(venue), 0, 30).at(-1)!;
    assert.deepEqual(room, {
      room: 'a',
      occupancy: 3,
      parked: 0,
      claps: 0.2,
      temperature: null,
      coverage: 'good',
      gateways: 1,
      age: 0,
      expected: null,
      low: null,
      high: null,
    });
  });

  it('while a wall is open the merged room exists and its parts do not', () => {
    const frames = run(createFramer(venue), 0, 400);
    const roomsAt = (s: number) => frames[s]!.map((room) => `${room.room} ${room.occupancy}`);
    assert.deepEqual(roomsAt(299), ['a 3', 'b 0']);
    assert.deepEqual(roomsAt(300), ['ab 3']);
    assert.deepEqual(roomsAt(360), ['a 3', 'b 0']);
  });

  it('a silence makes rooms silent and lets people go; a count is then still said', () => {
    const framer = createFramer(venue);
    run(framer, 0, 60);
    const [room] = run(framer, 60, 200, false).at(-1)!;
    assert.deepEqual([room!.coverage, room!.gateways, room!.age, room!.occupancy], ['silent', 0, 140, 0]);
  });

  it('save() in the middle goes on as if nothing had happened', () => {
    const whole = createFramer(venue);
    const frames = run(whole, 0, 330);
    const first = createFramer(venue);
    run(first, 0, 200);
    assert.deepEqual(run(createFramer(venue, first.save()), 200, 330), frames.slice(200));
  });
});

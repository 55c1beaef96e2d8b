import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { areas } from '../../services/simulate/areas.ts';
import { house } from '../../services/simulate/house.ts';
import type { Truth } from '../../services/simulate/world.ts';
import { at, byMac, conference, groupBy, mean, NOW, told } from './event.ts';

const MINUTE_MS = 60_000;
const world = conference();
/** The truth every five minutes from the first afternoon to the end of the last day. */
const steps: Truth[] = [];
for (let time = at(0, '12:30'); time < at(3, '19:00'); time += 5 * MINUTE_MS) steps.push(world.truth(time));
const stepAt = (day: number, time: string): Truth => steps.find((step) => step.time === at(day, time))!;
const peopleIn = ({ rooms }: Truth, room: string): number => rooms.find((one) => one.room === room)?.people ?? 0;
const roomIn = ({ rooms }: Truth, room: string) => rooms.find((one) => one.room === room)!;
/** Badges that speak in the house. */
const badges = ({ rooms }: Truth): number => rooms.reduce((sum, { worn }) => sum + worn, 0);
const everybody = ({ rooms }: Truth): number => rooms.reduce((sum, { people }) => sum + people, 0);
const temperatureOf = (step: Truth, room: string): number => roomIn(step, room).temperature;

describe('the event', () => {
  it('is as large as it was: about 1.24 million sightings from noon of day 0 to now', () => {
    const all = conference();
    let count = 0;
    for (const { body } of all.advance(NOW)) if (body.kind === 'sighting') count += 1;
    assert.ok(count > 1_190_000 && count < 1_290_000, String(count));
    assert.equal([...all.advance(NOW)].length, 0);
  });

  it('a third come on day 0, nine in ten on the morning of day 1, a few late each morning, and all leave', () => {
    const wearers = stepAt(0, '18:00').badges.filter(({ isWorn }) => isWorn).length;
    assert.ok(wearers > 80 && wearers < 120, String(wearers));
    for (const [day, time] of [
      [1, '09:10'],
      [2, '10:10'],
      [3, '10:10'],
    ] as const) {
      const there = everybody(stepAt(day, time));
      assert.ok(there > 250 && there < 290, `day ${day}: ${there}`);
    }
    const late = everybody(stepAt(2, '10:55')) - everybody(stepAt(2, '09:35'));
    assert.ok(late > 5 && late < 40, String(late));
    for (const [day, time] of [
      [1, '02:00'],
      [2, '02:00'],
      [3, '02:00'],
      [3, '18:45'],
    ] as const)
      assert.equal(everybody(stepAt(day, time)), 0, `day ${day} ${time}`);
  });

  it('follows the schedule: opening, parallel workshops, coffee, keynote, lunch, dinner, the bar', () => {
    assert.ok(peopleIn(stepAt(1, '09:20'), 'mccurdy-12') > 0.85 * everybody(stepAt(1, '09:20')));
    for (const room of ['mccurdy-1', 'mccurdy-2', 'mccurdy-3', 'maginnes'])
      assert.ok(peopleIn(stepAt(1, '10:15'), room) > 20, room);
    for (const day of [2, 3]) {
      const coffee = stepAt(day, '10:40');
      assert.ok(peopleIn(coffee, 'preassembly') + peopleIn(coffee, 'preassembly-1') > 0.6 * everybody(coffee));
    }
    assert.ok(peopleIn(stepAt(2, '13:00'), 'restaurant') > 80);
    assert.ok(peopleIn(stepAt(1, '20:00'), 'restaurant') > 150);
    assert.ok(peopleIn(stepAt(1, '22:00'), 'hotel-bar') > 50);
  });

  it('most badges are there at 9:00 on day 1, over the coffee of 10:30 on the others', () => {
    for (const [day, peak] of [
      [1, '09:00'],
      [2, '10:30'],
      [3, '10:30'],
    ] as const) {
      const ofDay = steps.filter(({ time }) => time >= at(day, '00:00') && time < at(day + 1, '00:00'));
      const halves = groupBy(ofDay, ({ time }) => time - (time % (30 * MINUTE_MS)));
      const most = mean(halves.get(at(day, peak))!.map(badges));
      for (const [half, one] of halves)
        if (half !== at(day, peak))
          assert.ok(mean(one.map(badges)) < most, `${new Date(half).toISOString()}: ${mean(one.map(badges))}`);
      const top = ofDay.reduce((a, b) => (badges(b) > badges(a) ? b : a)).time - at(day, peak);
      assert.ok(top >= 0 && top <= 30 * MINUTE_MS, `day ${day}: ${new Date(at(day, peak) + top).toISOString()}`);
    }
  });

  it('only the keynote exceeds a capacity: by a fifth, from when it has begun until it is over; the wall is stuck shut', () => {
    const capacity = new Map(house.rooms.map(({ id, capacity }) => [id, capacity!]));
    const minutes = Array.from({ length: 60 }, (_, minute) => world.truth(at(2, '10:55') + minute * MINUTE_MS));
    const over = [...steps, ...minutes].flatMap(({ time, rooms }) =>
      rooms.filter(({ room, people }) => people > capacity.get(room)!).map(({ room }) => ({ time, room })),
    );
    assert.deepEqual([...new Set(over.map(({ room }) => room))], ['mccurdy-1']);
    const wrong = over.filter(({ time }) => time < at(2, '11:00') || time > at(2, '11:47'));
    assert.equal(wrong.length, 0, wrong.map(({ time }) => new Date(time).toISOString()).join());
    const keynote = minutes.filter(({ time }) => time >= at(2, '11:08') && time <= at(2, '11:45'));
    for (const step of keynote) {
      const { people, worn } = roomIn(step, 'mccurdy-1');
      assert.ok(worn >= 1.15 * 160 && people <= 1.3 * 160, `${new Date(step.time).toISOString()}: ${people}, ${worn}`);
    }
    const share = mean(keynote.map((step) => roomIn(step, 'mccurdy-1').worn)) / 160;
    assert.ok(Math.abs(share - 1.2) < 0.02, `${share} of its capacity`);
    assert.equal(peopleIn(stepAt(2, '11:20'), 'mccurdy-12'), 0);
  });

  it('while the wall is open the merged room is there and its parts are not', () => {
    const names = (day: number, time: string) => new Set(stepAt(day, time).rooms.map(({ room }) => room));
    assert.ok(names(2, '10:00').has('mccurdy-12') && !names(2, '10:00').has('mccurdy-1'));
    assert.ok(!names(2, '11:00').has('mccurdy-12') && names(2, '11:00').has('mccurdy-1'));
    const badges = stepAt(2, '10:00').badges.filter(({ room }) => room === 'mccurdy-12');
    assert.ok(badges.some(({ x }) => x < 33) && badges.some(({ x }) => x > 33));
  });

  it('rooms and badges agree: worn and lying badges add up', () => {
    for (const { rooms, badges } of steps)
      for (const { room, worn, lying, people } of rooms) {
        const there = badges.filter((badge) => badge.room === room && badge.isSpeaking);
        assert.deepEqual(
          [worn, lying],
          [there.filter(({ isWorn }) => isWorn).length, there.filter(({ isWorn }) => !isWorn).length],
        );
        assert.ok(worn <= people);
      }
  });
});

describe('people', () => {
  it('clap when a session ends, for 8 to 15 seconds: at 10:00, 10:15 and 10:30 of the day that is shown', () => {
    for (const time of ['10:00', '10:15', '10:30']) {
      const claps = Array.from(
        { length: 60 },
        (_, i) => world.truth(at(3, time) + (i - 30) * 1000).rooms.find(({ room }) => room === 'mccurdy-12')!,
      );
      const loud = claps.filter(({ claps, people }) => claps > people);
      assert.ok(loud.length >= 6 && loud.length <= 15, `${time}: ${loud.length} s`);
      assert.ok(Math.max(...loud.map(({ claps, people }) => claps / people)) < 4);
      assert.equal(claps[0]!.claps + claps.at(-1)!.claps, 0);
    }
  });

  it('walk at 1.2 m/s, through doors', () => {
    let walked = 0;
    let crossed = 0;
    let last = byMac(world.truth(at(3, '10:29')));
    for (let time = at(3, '10:29:01'); time < at(3, '10:36'); time += 1000) {
      const now = byMac(world.truth(time));
      for (const [mac, badge] of now) {
        const before = last.get(mac)!;
        if (!badge.room || !before.room || !badge.isWorn || !before.isWorn) continue;
        const metres = Math.hypot(badge.x - before.x, badge.y - before.y);
        assert.ok(metres < 1.3, `${mac} ${metres} m in a second`);
        if (metres > 0.5) walked += 1;
        if (badge.room === before.room) continue;
        crossed += 1;
        assert.ok(
          house.doors.some(({ at: [x, y] }) => Math.hypot(x - badge.x, y - badge.y) < 2.5),
          `${before.room} → ${badge.room}`,
        );
      }
      last = now;
    }
    assert.ok(walked > 2000 && crossed > 150, `${walked} ${crossed}`);
  });

  it('gather in groups: at coffee most stand within two metres of somebody, at the opening beside their own', () => {
    const nearest = ({ badges }: Truth, room: string) => {
      const there = badges.filter((badge) => badge.room === room && badge.isWorn);
      return there.map((a) => Math.min(...there.filter((b) => b !== a).map((b) => Math.hypot(a.x - b.x, a.y - b.y))));
    };
    const coffee = nearest(stepAt(2, '10:45'), 'preassembly');
    assert.ok(coffee.filter((metres) => metres < 2).length > 0.8 * coffee.length);
    const seats = stepAt(1, '09:20').badges;
    const neighbours = seats.slice(1).map((badge, i) => Math.hypot(badge.x - seats[i]!.x, badge.y - seats[i]!.y));
    assert.ok(neighbours.filter((metres) => metres < 1).length > 0.4 * neighbours.length);
  });

  it('drift: in the middle of a talk somebody goes out for a coffee and comes back', () => {
    const workshop = ['10:00', '10:10', '10:20', '10:30', '10:40', '10:50'].map((time) => byMac(stepAt(1, time)));
    const rooms = [...workshop[0]!.keys()].map((mac) => workshop.map((step) => step.get(mac)!.room));
    const away = rooms.filter(
      (seen) => seen[0]?.startsWith('mccurdy') && seen.at(-1) === seen[0] && seen.some((room) => room !== seen[0]),
    );
    assert.ok(away.length >= 2 && away.length < 30, String(away.length));
  });
});

describe('warmth', () => {
  it('rooms have 19 to 25 °C, follow people with a lag, and the sun in the west', () => {
    for (const { rooms } of steps) assert.ok(rooms.every(({ temperature }) => temperature >= 19 && temperature <= 25));
    const warmer = temperatureOf(stepAt(2, '11:40'), 'mccurdy-1') - temperatureOf(stepAt(2, '11:40'), 'hotel-checkin');
    assert.ok(warmer > 2, String(warmer));
    const empty = [stepAt(1, '11:15'), stepAt(1, '12:00'), stepAt(1, '14:00')].map((step) =>
      temperatureOf(step, 'mccurdy-3'),
    );
    assert.ok(
      peopleIn(stepAt(1, '09:25'), 'mccurdy-3') === 0 &&
        empty[0]! > temperatureOf(stepAt(1, '09:25'), 'mccurdy-3') + 0.8,
    );
    const sun = (time: string) =>
      temperatureOf(stepAt(3, time), 'maginnes') - temperatureOf(stepAt(3, time), 'mccurdy-3');
    assert.ok(sun('15:30') > 1.5 && Math.abs(sun('12:00')) < 0.3, `${sun('15:30')} ${sun('12:00')}`);
  });

  it('a badge reads its room and 3 to 7 °C of its own, once it is worn for an hour', () => {
    const step = stepAt(2, '12:10');
    const own = step.badges
      .filter(({ room, isWorn }) => isWorn && room?.startsWith('mccurdy'))
      .map(({ temperature, room }) => temperature - temperatureOf(step, room!));
    assert.ok(own.length > 180 && Math.min(...own) > 2 && Math.max(...own) < 7.1, `${own.length} badges`);
    assert.ok(mean(own) > 4.5 && mean(own) < 5.5);
    const morning = stepAt(2, '08:40').badges.filter(({ room, isWorn }) => isWorn && room === 'preassembly');
    const cool = mean(morning.map(({ temperature }) => temperature));
    assert.ok(cool < 25, `${cool} °C of ${morning.length} badges`);
  });

  it('fixed sensors tell the truth, and carbon dioxide follows people', () => {
    const values = told(at(2, '10:00'), at(2, '11:00')).flatMap(({ body }) =>
      body.kind === 'measurement' ? [body] : [],
    );
    const air = values.filter(({ sensor, quantity }) => sensor === 'air-1' && quantity === 'temperature');
    assert.equal(air.length, 30);
    for (const { time, value } of air)
      assert.ok(Math.abs(value - temperatureOf(world.truth(Math.floor(time / 1000) * 1000), 'preassembly')) < 0.25);
    const co2 = values
      .filter(({ sensor, quantity }) => sensor === 'air-1' && quantity === 'co2')
      .map(({ value }) => value);
    assert.ok(co2.at(-1)! > co2[0]! + 200 && Math.min(...co2) > 400 && Math.max(...co2) < 2000);
    assert.equal(areas.filter(({ isRoom }) => isRoom).length, 12);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layout } from '../../services/simulate/calendar.ts';
import { createWorld, type World } from '../../services/simulate/world.ts';
import { groupBy, mean, NOW, sightings } from './event.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const { weeks } = layout(NOW);
const open = (rest: Partial<Parameters<typeof createWorld>[0]> = {}): World =>
  createWorld({ seed: 2, start: weeks.from, people: 40, story: 'weeks', ...rest });

describe('ordinary weeks', () => {
  const world = open();
  const hallAt = (time: number) => world.truth(time).rooms.find(({ room }) => room === 'mccurdy-1')!.people;
  const tuesdays = [0, 1, 2, 3, 4, 5, 6].map((week) => weeks.from + (week * 7 + 1) * DAY_MS);

  it('most people meet in the main hall on Tuesdays from 9:30 to 11:30, and on no other day', () => {
    for (const tuesday of tuesdays.slice(0, -1)) {
      assert.ok(hallAt(tuesday + 10.25 * HOUR_MS) >= 28);
      assert.equal(hallAt(tuesday + 14 * HOUR_MS), 0);
    }
    assert.equal(hallAt(weeks.from + 2 * DAY_MS + 10.25 * HOUR_MS), 0);
  });

  it('on the Tuesday of the last week a quarter of the usual is there from ten to twelve', () => {
    const last = tuesdays.at(-1)!;
    assert.equal(last, weeks.emptyTuesday);
    const usual = mean(tuesdays.slice(0, -1).map((tuesday) => hallAt(tuesday + 10.5 * HOUR_MS)));
    for (const hour of [10.02, 10.5, 11, 11.4]) {
      const share = hallAt(last + hour * HOUR_MS) / usual;
      assert.ok(share > 0.12 && share < 0.38, `${hour}: ${share}`);
    }
    assert.ok(hallAt(last + 9.75 * HOUR_MS) > 0.8 * usual);
    const everybody = (hour: number) =>
      world.truth(last + hour * HOUR_MS).rooms.reduce((sum, { people }) => sum + people, 0);
    assert.ok(everybody(11.5) < 0.4 * everybody(14));
  });

  it('one report of a badge a minute, seven weeks at most 0.7 million; nobody is there at night and on Saturdays', () => {
    const week = [...open().advance(weeks.from + 7 * DAY_MS)];
    const heard = sightings(week);
    assert.ok(heard.length * 7 < 700_000 && heard.length * 7 > 450_000, String(heard.length * 7));
    for (const [, reports] of groupBy(heard, ({ badge }) => badge))
      assert.equal(new Set(reports.map(({ time }) => Math.floor(time / 60_000))).size, reports.length);
    const ofDay = week.map(({ body }) => (body.time - weeks.from) % DAY_MS);
    assert.ok(ofDay.every((ms) => ms > 7 * HOUR_MS - 1000 && ms < 18 * HOUR_MS + 1000));
    assert.ok(week.every(({ body }) => (body.time - weeks.from) / DAY_MS < 5));
    // A gateway that is heard often and then not for longer would be called silent.
    const monday = week.filter(
      ({ body }) => 'gateway' in body && body.gateway === 'gw-20' && body.time < weeks.from + DAY_MS,
    );
    const words = monday.map(({ body }) => body.time).sort((a, b) => a - b);
    assert.ok(words.length > 1300 && words.slice(1).every((time, i) => time - words[i]! <= 31_000));
  });

  it('one that begins later tells what an earlier one tells from then on, over nights too', () => {
    const until = weeks.from + DAY_MS + 9 * HOUR_MS;
    const from = weeks.from + DAY_MS + 7.9 * HOUR_MS + 77;
    const tail = [...open().advance(until)].filter(({ received }) => received >= from);
    assert.ok(tail.length > 100);
    assert.deepEqual([...open({ from }).advance(until)], tail);
  });
});

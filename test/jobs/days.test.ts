import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import { ALWAYS, sighting, venueOf } from '../locate/world.ts';
import { type Workshop, workshop } from './bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Both clock changes in three zones: a date, and the hours that it has. */
const CHANGES: [zone: string, date: string, hours: number][] = [
  ['Europe/Dublin', '2026-03-29', 23],
  ['Europe/Dublin', '2026-10-25', 25],
  ['America/New_York', '2026-03-08', 23],
  ['America/New_York', '2026-11-01', 25],
  ['Australia/Lord_Howe', '2026-10-04', 23.5],
  ['Australia/Lord_Howe', '2026-04-05', 24.5],
];

const dayOf = (date: string, zone: string): Day => {
  const noon = Date.parse(`${date}T12:00:00Z`);
  return daysIn({ from: noon - 24 * HOUR, until: noon + 24 * HOUR }, zone).find(({ day }) => day === date)!;
};

/** One badge that speaks each minute of a day, now near, now far, so that it lies on no table; its gateway moves to another room at noon, a wall is open for two hours before. */
function dayWith(day: Day, zone: string) {
  const noon = day.from + 12 * HOUR;
  const merge = { room: 'ab', of: ['a', 'b'], from: day.from + 8 * HOUR, until: day.from + 10 * HOUR };
  const venue = venueOf(
    [
      ['g1', 'a', { until: noon }],
      ['g1', 'b', { from: noon }],
      ['g2', 'c', ALWAYS],
    ],
    [merge],
    zone,
  );
  const told = [];
  for (let time = day.from - 10 * MINUTE; time < day.until + 10 * MINUTE; time += MINUTE)
    told.push(sighting('k', 'g1', time, Math.floor(time / HOUR) % 2 === 0 ? -60 : -75));
  return { venue, told };
}

const tablesOf = ({ bench, database }: Workshop) => ({
  record: bench.record as never,
  house: bench.house,
  venue: () => bench.venue,
  tables: async () => ({ connect: database.connect, close: () => undefined }),
});

describe('a day of one badge', () => {
  for (const [zone, date, hours] of CHANGES)
    it(`${zone} ${date} has ${hours} hours: each minute is in one room, moved, merged or empty`, async () => {
      const day = dayOf(date, zone);
      assert.equal((day.until - day.from) / HOUR, hours);
      const { venue, told } = dayWith(day, zone);
      const one = await workshop(venue, told);
      try {
        for (const job of [presences, frames]) await job.run(day, one.bench);
        const { rows } = await framesOf({ dataset: 'frames', span: day, step: '1h' }, tablesOf(one));
        const bins = [...new Set(rows.map(({ time }) => time as number))];
        assert.equal(bins.length, Math.ceil(hours));
        const minutes = (room: string) =>
          rows.filter((row) => row.room === room).reduce((sum, row) => sum + Number(row.badgeMinutes ?? 0), 0);
        for (const time of bins) {
          const own = rows.filter((row) => row.time === time);
          const sum = own.reduce((total, row) => total + Number(row.badgeMinutes ?? 0), 0);
          const length = Math.min(time + HOUR, ...bins.filter((other) => other > time), day.until) - time;
          // Half-way between two words its new room had no gateway yet that could say so: it moved when it had.
          assert.equal(Math.round(sum * 1000), (1000 * length) / MINUTE, new Date(time).toISOString());
        }
        assert.equal(minutes('c'), 0);
        assert.deepEqual(
          [minutes('a'), minutes('ab'), minutes('b')].map((value) => Math.round(value / 5) * 5),
          [600, 120, (hours - 12) * 60],
        );
      } finally {
        await one.end();
      }
    });
});

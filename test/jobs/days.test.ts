import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { frames } from '../../jobs/frames.ts';
import type { Bench } from '../../jobs/job.ts';
import { presences } from '../../jobs/presences.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
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
  return { venue, told, noon };
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
      const { venue, told, noon } = dayWith(day, zone);
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
          // Half-way between two words it moved: half a minute before its new room had a gateway that could say so.
          const unmeasured = time < noon && noon <= time + length ? MINUTE / 2 : 0;
          const minute = (length - unmeasured) / MINUTE;
          assert.equal(Math.round(sum * 1000), Math.round(1000 * minute), new Date(time).toISOString());
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

describe('a run that is broken off', () => {
  /** Where a run can be broken off: each time it asks its bench for something. */
  function breaking(bench: Bench, at: number) {
    let asked = 0;
    const step = () => {
      asked += 1;
      if (asked === at) throw new Error('broken off');
    };
    const broken: Bench = {
      ...bench,
      copy(...asked) {
        step();
        return bench.copy(...asked);
      },
      database() {
        step();
        return bench.database();
      },
      now() {
        step();
        return bench.now();
      },
      progress: step,
    };
    return { broken, reached: () => asked >= at };
  }
  const manifest = (house: string, dataset: string) => join(house, 'derived', dataset, 'manifest.json');
  /** Every file that a manifest names is there, whole. */
  const named = (house: string) =>
    (['presences', 'frames'] as const).flatMap((dataset) =>
      readParts(house, dataset).map((part) => {
        const sha256 = createHash('sha256')
          .update(readFileSync(fileOf(house, dataset, part)))
          .digest('hex');
        assert.equal(sha256, part.sha256, part.file);
        return `${dataset} r${part.revision} ${sha256}`;
      }),
    );

  it('in any step leaves the last good result; what a kill has half written is no hindrance, and the re-run makes equal bytes', async () => {
    const day = dayOf('2026-11-03', 'UTC');
    const { venue, told } = dayWith(day, 'UTC');
    const [first, rest] = [told.slice(0, 600), told.slice(600)];
    const [one, whole] = [await workshop(venue, first), await workshop(venue, told)];
    try {
      for (const job of [presences, frames]) {
        await job.run(day, one.bench);
        await job.run(day, whole.bench);
      }
      const before = named(one.bench.house);
      await one.store.append({ observations: rest, rejects: [] });
      let steps = 0;
      for (const job of [presences, frames]) {
        for (let at = 1; ; at += 1) {
          const { broken, reached } = breaking(one.bench, at);
          const failed = await job.run(day, broken).then(
            () => false,
            () => true,
          );
          if (!reached()) break;
          assert.ok(failed, `step ${at}`);
          const left = named(one.bench.house);
          assert.ok(
            before.every((line) => left.includes(line)),
            `step ${at} of ${job.name}`,
          );
          steps += 1;
          // What a kill −9 in the middle of writing leaves.
          writeFileSync(join(one.bench.house, 'derived', job.name, `${day.day}.aside`), 'half');
          writeFileSync(`${manifest(one.bench.house, job.name)}.tmp`, '{"parts":[');
        }
        assert.ok(!existsSync(join(one.bench.house, 'derived', job.name, `${day.day}.aside`)));
      }
      assert.ok(steps >= 8, `${steps} steps`);
      const made = named(one.bench.house).filter((line) => line.includes(' r2 '));
      assert.deepEqual(
        made.map((line) => line.replace(' r2 ', ' ')),
        named(whole.bench.house).map((line) => line.replace(' r1 ', ' ')),
      );
    } finally {
      await one.end();
      await whole.end();
    }
  });
});

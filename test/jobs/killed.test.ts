import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs, { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { anomalies } from '../../jobs/anomalies.ts';
import { baselines } from '../../jobs/baselines.ts';
import { frames } from '../../jobs/frames.ts';
import { hours } from '../../jobs/hours.ts';
import type { Bench, Job } from '../../jobs/job.ts';
import { presences } from '../../jobs/presences.ts';
import { roll } from '../../jobs/roll.ts';
import { DERIVED, fileOf, readParts } from '../../services/ledger/manifest.ts';
import { daysIn } from '../../services/model/day.ts';
import { lineOf } from '../../services/model/line.ts';
import type { AsSeen } from '../../services/store/record.ts';
import { ALWAYS, sighting, venueOf } from '../locate/world.ts';
import { workshop } from './bench.ts';
import { benchOf, type Minute, publishMinutes } from './house.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 3, 12);
const [day] = daysIn({ from: NOON, until: NOON + 1 }, 'UTC') as [ReturnType<typeof daysIn>[number]];

/** A house in which a job has run once; `change` makes it due again, with another result. */
type Scene = { bench: Bench; change(): Promise<unknown>; end(): unknown };

const venue = venueOf([
  ['g1', 'a', ALWAYS],
  ['g2', 'b', ALWAYS],
]);

/** A badge that walks from room to room; the second half of what is known of it comes later. */
async function stored(before: Job[] = []): Promise<Scene> {
  const told = Array.from({ length: 240 }, (_, i) => sighting('k', i % 40 < 20 ? 'g1' : 'g2', NOON + i * MINUTE, -60));
  const { bench, store, end } = await workshop(venue, told.slice(0, 120));
  const prepare = async () => {
    for (const job of before) await job.run(day, bench);
  };
  await prepare();
  const change = async () => {
    await store.append({ observations: told.slice(120), rejects: [] });
    await prepare();
  };
  return { bench, change, end };
}

/** A record that goes on after it was rolled. */
async function shown(): Promise<Scene> {
  const { bench, end } = await workshop(venue, []);
  const quiet = { parked: 0, claps: 0, temperature: null, gateways: 1, age: 0, expected: null, low: null, high: null };
  const show = async (from: number) => {
    for (let time = from; time < from + 2 * MINUTE; time += 1000) {
      const room = { room: 'a', occupancy: 1, coverage: 'good' as const, ...quiet };
      const frame = { time, positions: [1], venue: venue.version, rule: '1', baseline: null, rooms: [room] };
      const since = { badge: 'k', room: 'a', from, until: null, heard: from, visit: from, reason: '', rule: '1' };
      const began = time === from ? [{ ...since, parked: false }] : [];
      (bench.record as AsSeen).append(lineOf(frame, null, { anew: time === from, ended: [], began }));
    }
  };
  await show(NOON);
  return { bench, change: () => show(NOON + 10 * MINUTE), end };
}

/** Weeks of mornings, of which the last two days become others. */
async function judged(): Promise<Scene> {
  const mornings = (busy: number, days: number) => {
    const minutes: Minute[] = [];
    for (let i = 0; i <= days; i += 1)
      for (let time = day.from - i * DAY + 9 * HOUR; time < day.from - i * DAY + 11 * HOUR; time += MINUTE)
        minutes.push({ room: 'a', time, people: i < 2 ? busy : 40 + (i % 5) });
    return minutes;
  };
  const room = { id: 'a', name: 'Hall', capacity: 60 };
  const hall = { ...venue, file: { ...venue.file, rooms: [room, { id: 'b', name: 'Foyer' }] } };
  const { bench, end } = await benchOf(hall, mornings(42, 15));
  return { bench, change: () => publishMinutes(bench.house, hall, mornings(90, 1)), end };
}

const TRIALS: [Job, () => Promise<Scene>][] = [
  [roll, shown],
  [hours, stored],
  [presences, stored],
  [frames, () => stored([presences])],
  [baselines, judged],
  [anomalies, judged],
];

/** What changes a file or its name. */
const ACTS = ['mkdirSync', 'openSync', 'writeFileSync', 'renameSync', 'rmSync'] as const;

/**
 * Runs a job until it does something for the `at`th time: asks its bench, tells how far it is, or changes a file. From then on
 * nothing happens any more, as after a kill −9: neither what it would do next, nor what it would tidy up.
 */
async function killedAt(job: Job, bench: Bench, at: number): Promise<boolean> {
  let steps = 0;
  const step = () => {
    steps += 1;
    if (steps >= at) throw new Error('killed');
  };
  const killed = <A extends unknown[], T>(act: (...args: A) => T) => {
    return (...args: A): T => {
      step();
      return act(...args);
    };
  };
  const { copy, database, now, progress } = bench;
  const mortal: Bench = {
    ...bench,
    ...{ copy: killed(copy), database: killed(database), now: killed(now), progress: killed(progress) },
  };
  const real = Object.fromEntries(ACTS.map((name) => [name, fs[name]]));
  for (const name of ACTS) Object.assign(fs, { [name]: killed(fs[name] as (...args: unknown[]) => unknown) });
  syncBuiltinESMExports();
  try {
    await job.run(day, mortal);
  } catch (error) {
    assert.match(String(error), /killed/);
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
  return steps >= at;
}

/** What manifests name, each with its hash; every file is there, whole. */
const named = ({ house }: Bench): string[] =>
  DERIVED.flatMap((dataset) =>
    readParts(house, dataset).map((part) => {
      const bytes = readFileSync(fileOf(house, dataset, part));
      assert.equal(createHash('sha256').update(bytes).digest('hex'), part.sha256, part.file);
      return `${dataset} ${part.day} r${part.revision} ${part.sha256}`;
    }),
  );

describe('a kill −9 in any step of a job leaves the last good result, and the re-run makes equal bytes', () => {
  for (const [job, sceneOf] of TRIALS)
    it(job.name, async () => {
      const [one, calm] = [await sceneOf(), await sceneOf()];
      try {
        for (const { bench, change } of [one, calm]) {
          await job.run(day, bench);
          await change();
        }
        const before = named(one.bench);
        await job.run(day, calm.bench);
        const after = named(calm.bench);
        assert.notDeepEqual(after, before, 'there is another result');
        let at = 1;
        for (; await killedAt(job, one.bench, at); at += 1) {
          const left = named(one.bench);
          assert.equal(new Set([...left, ...before, ...after]).size, new Set([...before, ...after]).size, `step ${at}`);
          for (const line of before)
            assert.ok(
              left.includes(line) || (line.includes(' r0 ') && left.length >= before.length),
              `step ${at}: ${line}`,
            );
          // What it may have been writing then.
          const dataset = readParts(one.bench.house, job.name as 'frames').length > 0 ? job.name : 'observations';
          const folder = join(one.bench.house, 'derived', job.name === 'roll' ? 'presences' : dataset);
          writeFileSync(join(folder, `${day.day}.aside`), 'half');
          writeFileSync(join(folder, 'manifest.json.tmp'), '{"parts":[');
        }
        assert.ok(at > 8, `${at} steps`);
        assert.deepEqual(named(one.bench), after);
        for (const dataset of DERIVED)
          assert.ok(!existsSync(join(one.bench.house, 'derived', dataset, `${day.day}.aside`)), dataset);
      } finally {
        await one.end();
        await calm.end();
      }
    });
});

import { DUE_MS, entriesIn, type JobSaid, KEYS, say } from '../services/ledger/runs.ts';
import { type Day, daysOf } from '../services/model/day.ts';
import { type Place, perform, tidy } from './bench.ts';
import { keepTime } from './clockwork.ts';
import type { Chore, Job } from './job.ts';
import { saidOf } from './jobs.ts';
import type { Holder } from './lock.ts';
import { createTimetable, type Times, type Timetable } from './timetable.ts';

/** How long a process that is silent keeps the lock of the jobs, ms. */
export const LEASE_MS = 30_000;

export type Keeping = Pick<Holder, 'ledger' | 'owner'> &
  Pick<Times, 'signal' | 'failed' | 'only' | 'told'> & {
    zone: string;
    place: Place;
    /** the quarters of an hour in which something was observed, by when they begin, UTC ms, in order */
    quarters(): Promise<number[]>;
    jobs: readonly Job[];
    chores: readonly Chore[];
    leaseMs?: number;
  };

/** The timetable of a house, with every job that there is. */
export function timetableOf(keeping: Keeping): Timetable {
  const { zone, place, quarters, jobs, chores, leaseMs = LEASE_MS } = keeping;
  return createTimetable({
    ...keeping,
    leaseMs,
    now: place.now,
    jobs: saidOf(jobs, chores, zone),
    days: async (now) => dueDays(await quarters(), zone, now),
    perform(name, day, how) {
      const job = jobs.find((one) => one.name === name);
      if (job && day) return perform(job, day, place, how);
      return tidy(chores.find((one) => one.name === name)!, place, how);
    },
  });
}

/** Runs the jobs of a house until `signal` aborts. */
export async function keepJobs(keeping: Keeping): Promise<void> {
  const { ledger, zone, signal, failed, jobs, chores } = keeping;
  await introduce(ledger, saidOf(jobs, chores, zone));
  await say(ledger, KEYS.runner, { owner: keeping.owner });
  await keepTime(timetableOf(keeping), ledger, signal, failed);
}

/** Says which jobs there are; what is no more is null. */
async function introduce(ledger: Keeping['ledger'], said: JobSaid[]): Promise<void> {
  for (const job of said) await say(ledger, KEYS.job(job.name), job);
  const names = new Set(said.map(({ name }) => KEYS.job(name)));
  for (const key of (await entriesIn(ledger, 'job/')).keys()) if (!names.has(key)) await say(ledger, key, null);
}

/** The days that hold something and ended long enough ago. */
const dueDays = (quarters: number[], zone: string, now: number): Day[] =>
  daysOf(quarters, zone).filter(({ until }) => until + DUE_MS <= now);

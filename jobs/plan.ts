import type { Entry } from '../services/ledger/ledger.ts';
import {
  type Good,
  type JobSaid,
  KEYS,
  type Pause,
  type Request,
  type Run,
  type Touched,
} from '../services/ledger/runs.ts';
import { nextRuns } from '../services/model/cron.ts';
import type { Day } from '../services/model/day.ts';

const DAY_MS = 86_400_000;
/** How long a day that is being written to is waited for at most, ms. */
const OPEN_MAX_MS = 10 * 60_000;

/** What is known when it is planned; entries by their keys. */
export type Known = {
  /** UTC ms */
  now: number;
  /** days that are due and hold something */
  days: Day[];
  runs: Map<string, Entry<Run>>;
  touched: Map<string, Entry<Touched>>;
  pauses: Map<string, Entry<Pause>>;
  requests: Map<string, Entry<Request>>;
  calls: Map<string, Entry>;
  /** what was made before it is gone, UTC ms */
  renewed: number;
  /** when nothing was left to do, UTC ms: jobs whose cron has come round since are looked at */
  idle: number;
};

/** A run to be made. */
export type Task = { job: JobSaid; day: Day | null; attempt: number; request: string | null };

/** What is to be done, in order; what has to wait, and until when (UTC ms); what each job still has to do. */
export type Plan = {
  tasks: Task[];
  wait: number | null;
  /** something waits until its day is no longer written to */
  isHeld: boolean;
  due: Map<string, number>;
  served: Entry<Request>[];
};

/** Jobs such that each comes after those whose results it reads. Throws a sentence where that cannot be. */
export function inOrder<T extends Pick<JobSaid, 'name' | 'after'>>(jobs: readonly T[]): T[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const ordered = new Set<T>();
  const visit = (job: T, path: string[]) => {
    if (path.includes(job.name))
      throw new RangeError(`jobs: expected no loop, found ${[...path, job.name].join(' → ')}`);
    for (const name of job.after) {
      const before = byName.get(name);
      if (!before) throw new RangeError(`jobs: expected ${job.name} to come after a job there is, found ${name}`);
      visit(before, [...path, job.name]);
    }
    ordered.add(job);
  };
  for (const job of jobs) visit(job, []);
  return [...ordered];
}

/**
 * What is to be done now: what was asked for first, then what is due, newest day first, each job after those before it.
 * `onlyAsked`: nothing but that. A pure function of what is known.
 */
export function planOf(jobs: readonly JobSaid[], known: Known, onlyAsked = false): Plan {
  const asked = [...known.requests.values()]
    .filter(({ value }) => value.state === 'asked')
    .sort((a, b) => a.time - b.time)
    .map((entry) => ({ entry, tasks: tasksAsked(jobs, known, entry) }));
  const plan: Plan = {
    tasks: asked.flatMap(({ tasks }) => tasks),
    wait: null,
    isHeld: false,
    due: new Map(),
    served: asked.filter(({ tasks }) => tasks.length === 0).map(({ entry }) => entry),
  };
  const looked = new Map(jobs.map((job) => [job, cameRound(job, known.idle, known.now)]));
  const newestFirst = [...known.days].sort((a, b) => b.from - a.from);
  for (const day of [null, ...newestFirst])
    for (const job of jobs.filter(({ daily }) => daily === (day !== null))) {
      const { isDue, from } = standing(job, day, known);
      if (!isDue || onlyAsked) continue;
      plan.due.set(job.name, (plan.due.get(job.name) ?? 0) + 1);
      if (isPaused(job, known) || !hasBefore(job, day, known) || isUnsettled(jobs, job, day, known)) continue;
      const run = runOf(job, day, known);
      if (from > known.now) {
        plan.wait = Math.min(plan.wait ?? from, from);
        plan.isHeld ||= openUntil(day, known) > known.now;
      } else if (looked.get(job) || run?.retry != null || isCalled(job, day, known))
        plan.tasks.push(taskOf(job, day, known, null));
    }
  return plan;
}

/** The run of a job and a day as it stands, or null. What was made before the house was renewed is no more. */
export function runOf({ name }: Pick<JobSaid, 'name'>, day: Day | null, { runs, renewed }: Known): Run | null {
  const entry = runs.get(KEYS.run(name, day?.day ?? null));
  return entry && entry.time > renewed ? entry.value : null;
}

/** When a day was last touched, or what keeps up was last called for, as a version. */
export const touchedOf = ({ name }: Pick<JobSaid, 'name'>, day: Day | null, { touched, calls }: Known): number =>
  (day ? touched.get(KEYS.touched(day.day))?.value.since : calls.get(KEYS.call(name))?.version) ?? 0;

/** What was made of the same day by those before a job, and of the days before that it reads: `changed` of each. */
export function beforeOf(job: JobSaid, day: Day | null, known: Known): Record<string, number> {
  const changed = (name: string, of: Day | null) => runOf({ name }, of, known)?.good?.changed ?? 0;
  const earlier = daysBack(job, day, known);
  return Object.fromEntries(
    job.after.flatMap((name) => [
      [name, changed(name, day)],
      ...(job.back ? [[`${name} back`, earlier.reduce((sum, one) => sum + changed(name, one), 0)]] : []),
    ]),
  );
}

/** The days before one that a job reads too. */
function daysBack({ back = 0 }: JobSaid, day: Day | null, { days }: Known): Day[] {
  if (day === null || back === 0) return [];
  return days.filter(({ from }) => from < day.from && from > day.from - (back + 1) * DAY_MS);
}

/**
 * Days before still change what it reads. The first time it does not wait for them: a new venue has an answer at once, and a
 * better one when its past is there.
 */
function isUnsettled(jobs: readonly JobSaid[], job: JobSaid, day: Day | null, known: Known): boolean {
  if (!runOf(job, day, known)?.good) return false;
  const before = jobs.filter(({ name }) => job.after.includes(name));
  return daysBack(job, day, known).some((earlier) => before.some((one) => standing(one, earlier, known).isDue));
}

const isPaused = ({ name }: JobSaid, { pauses }: Known) => pauses.get(KEYS.pause(name))?.value.paused === true;

const cameRound = ({ cron, zone }: JobSaid, since: number, now: number): boolean =>
  since === Number.NEGATIVE_INFINITY || (nextRuns(cron, zone, since, 1)[0] ?? Number.POSITIVE_INFINITY) <= now;

/** Whether somebody has called for what keeps up since it last began. */
const isCalled = (job: JobSaid, day: Day | null, known: Known): boolean =>
  day === null && (runOf(job, day, known)?.good?.touched ?? 0) < touchedOf(job, day, known);

const hasBefore = ({ after }: JobSaid, day: Day | null, known: Known): boolean =>
  after.every((name) => runOf({ name }, day, known)?.good);

/** Whether a job has to be done for a day, and from when on (UTC ms). */
function standing(job: JobSaid, day: Day | null, known: Known): { isDue: boolean; from: number } {
  const run = runOf(job, day, known);
  const isDue =
    day === null
      ? !run?.good || cameRound(job, run.good.ended, known.now) || isCalled(job, day, known)
      : isStale(job, day, run?.good, known);
  const failed = run?.state === 'failed' && run.touched === touchedOf(job, day, known) ? run : null;
  // One that was given up waits for its cron.
  const retry = failed && (failed.retry ?? nextRuns(job.cron, job.zone, failed.ended ?? known.now, 1)[0]);
  return { isDue, from: Math.max(retry ?? 0, openUntil(day, known)) };
}

function isStale(job: JobSaid, day: Day, good: Good | null | undefined, known: Known): boolean {
  if (!good || good.touched < touchedOf(job, day, known)) return true;
  const before = beforeOf(job, day, known);
  return Object.entries(before).some(([name, changed]) => changed !== good.after[name]);
}

/** A day that is being written to waits until that is over. */
function openUntil(day: Day | null, { touched }: Known): number {
  const entry = day && touched.get(KEYS.touched(day.day));
  return entry?.value.open ? entry.time + OPEN_MAX_MS : 0;
}

function taskOf(job: JobSaid, day: Day | null, known: Known, request: string | null): Task {
  const run = runOf(job, day, known);
  const goesOn = run?.state === 'failed' && run.touched === touchedOf(job, day, known);
  // One that was given up has one more try each time.
  return { job, day, attempt: goesOn ? run.attempt + (run.retry === null ? 0 : 1) : 1, request };
}

/** What a request still wants: of each day what has to go before, too. Nothing: it is served. */
function tasksAsked(jobs: readonly JobSaid[], known: Known, { key, value }: Entry<Request>): Task[] {
  const line = lineOf(jobs, value.job);
  const days = daysAsked(known, value);
  const wanted = (job: JobSaid, day: Day): boolean => {
    const run = runOf(job, day, known);
    if (run?.request === key && run.state !== 'running') return false;
    const isAgain = value.again && job.name === value.job && run?.good?.request !== key;
    return (isAgain || standing(job, day, known).isDue) && hasBefore(job, day, known);
  };
  return days.flatMap((day) => line.filter((job) => wanted(job, day)).map((job) => taskOf(job, day, known, key)));
}

/** The days of a request that there are, newest first. */
export const daysAsked = ({ days }: Pick<Known, 'days'>, { from, until }: Request): Day[] =>
  days.filter(({ day }) => day >= from && day <= until).sort((a, b) => b.from - a.from);

/** A job and all that has to go before it, in order. */
function lineOf(jobs: readonly JobSaid[], name: string): JobSaid[] {
  const needed = new Set([name]);
  for (const job of [...jobs].reverse()) if (needed.has(job.name)) for (const before of job.after) needed.add(before);
  return jobs.filter((job) => needed.has(job.name));
}

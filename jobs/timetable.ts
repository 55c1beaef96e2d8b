import type { Entry, Ledger } from '../services/ledger/ledger.ts';
import {
  type Asked,
  entriesIn,
  type Good,
  type JobSaid,
  KEYS,
  type Progress,
  type Request,
  type Run,
  say,
} from '../services/ledger/runs.ts';
import type { Day } from '../services/model/day.ts';
import type { Made } from './job.ts';
import { type Held, type Holder, Lost, takeLock } from './lock.ts';
import { beforeOf, daysAsked, inOrder, type Known, planOf, runOf, type Task, touchedOf } from './plan.ts';

/** Tries of a run at most, and the pauses between them, ms. */
const ATTEMPTS_MAX = 4;
const RETRY_MS = [10_000, 60_000, 300_000];
/** A run that takes longer has gone astray, ms. */
const RUN_MAX_MS = 2 * 3_600_000;
/** How often it is put down how far a run is, ms. */
const PROGRESS_MS = 3000;

export type Performance = { progress: (share: number, words: string) => void; signal: AbortSignal };

export type Times = Holder & {
  jobs: readonly JobSaid[];
  /** days that are due (they ended long enough before `now`) and hold something */
  days(now: number): Promise<Day[]>;
  /** Does a job for a day; of what tidies up the day is null. */
  perform(job: string, day: Day | null, how: Performance): Promise<Made>;
  /** nothing but this request (its key) is looked at */
  only?: string;
  /** told of each word of progress */
  told?: (progress: Progress) => void;
  /** stops what runs */
  signal: AbortSignal;
  /** a run failed, the last time it is tried for now or not */
  failed(error: unknown, words: string): void;
};

/** Does what is due. All it knows is in the ledger, so any process may go on where another stopped. */
export type Timetable = {
  /** Does all that is due, unless another process does. Resolves to when it has to be looked again (UTC ms); null: at the next tick. */
  work(): Promise<number | null>;
};

export function createTimetable(times: Times): Timetable {
  const jobs = inOrder(times.jobs);
  let idle = Number.NEGATIVE_INFINITY;
  const read = async () => {
    const known = await knownOf(times, idle);
    return { known, plan: planOf(jobs, known, times.only !== undefined) };
  };
  const goOn = async (held: Held): Promise<number | null> => {
    await endBroken(times, held.fence);
    for (;;) {
      times.signal.throwIfAborted();
      held.lost.throwIfAborted();
      const { known, plan } = await read();
      for (const request of plan.served) await answer(times.ledger, known, request);
      const [task] = plan.tasks;
      if (!task) {
        if (!times.only) await sayDue(times.ledger, jobs, plan.due);
        if (!plan.isHeld) idle = known.now;
        return plan.wait;
      }
      await runOnce(times, task, known, held);
    }
  };
  return {
    async work() {
      const { known, plan } = await read();
      if (plan.tasks.length + plan.served.length === 0) {
        if (!plan.isHeld) idle = known.now;
        return plan.wait;
      }
      const held = await takeLock(times);
      if (!('fence' in held)) return held.until;
      if (!times.only) await sayDue(times.ledger, jobs, plan.due);
      try {
        return await goOn(held);
      } catch (error) {
        if (error instanceof Lost || times.signal.aborted) return null;
        throw error;
      } finally {
        await held.release();
      }
    },
  };
}

async function knownOf({ ledger, days, now, only }: Times, idle: number): Promise<Known> {
  const at = now();
  return {
    now: at,
    days: await days(at),
    runs: await entriesIn(ledger, 'run/'),
    touched: await entriesIn(ledger, 'touched/'),
    pauses: await entriesIn(ledger, 'pause/'),
    requests: await entriesIn(ledger, only ?? 'request/'),
    renewed: (await ledger.get(KEYS.renewed))?.time ?? Number.NEGATIVE_INFINITY,
    idle,
  };
}

const sayDue = async (ledger: Ledger, jobs: readonly JobSaid[], due: Map<string, number>): Promise<void> => {
  for (const { name } of jobs) await say(ledger, KEYS.due(name), { days: due.get(name) ?? 0 });
};

/** Runs that a kill has broken off: nobody is at them, since the lock is ours. They are tried again at once. */
async function endBroken({ ledger, now }: Times, fence: number): Promise<void> {
  for (const { key, version, value } of (await entriesIn<Run>(ledger, 'run/')).values()) {
    if (value.state !== 'running' || value.fence === fence) continue;
    const error = 'the process ended before the run did';
    const retry = value.attempt < ATTEMPTS_MAX ? now() : null;
    await ledger.put(key, version + 1, { ...value, state: 'failed', ended: now(), error, retry } satisfies Run);
  }
}

/** One run, and what became of it. */
async function runOnce(times: Times, task: Task, known: Known, held: Held): Promise<void> {
  const { ledger, now, perform } = times;
  const { job, day, attempt, request } = task;
  const key = KEYS.run(job.name, day?.day ?? null);
  const good = runOf(job, day, known)?.good ?? null;
  const run: Run = {
    job: job.name,
    day: day?.day ?? null,
    state: 'running',
    attempt,
    began: now(),
    ended: null,
    error: null,
    retry: null,
    touched: touchedOf(day, known),
    fence: held.fence,
    request,
    good,
  };
  const version = (known.runs.get(key)?.version ?? 0) + 1;
  const put = async (version: number, value: Run) => {
    if (!(await ledger.put(key, version, value))) throw new Lost();
  };
  await put(version, run);
  const began = performance.now();
  const { progress, last } = progressOf(times, job.name, run.day);
  const signal = AbortSignal.any([times.signal, held.lost, AbortSignal.timeout(RUN_MAX_MS)]);
  const ended = await perform(job.name, day, { progress, signal }).catch((error: Error) => error);
  await last();
  held.lost.throwIfAborted();
  if (ended instanceof Error) {
    const failed = failedOf(run, ended, times);
    await put(version + 1, failed);
    if (failed.error !== STOPPED) times.failed(ended, wordsOf(failed));
    return;
  }
  const seconds = Math.round(performance.now() - began) / 1000;
  const before = beforeOf(job, day, known);
  await put(version + 1, {
    ...run,
    state: 'done',
    ended: now(),
    good: goodOf(run, ended, version + 1, seconds, before, now()),
  });
}

const STOPPED = 'stopped';

function failedOf(run: Run, error: Error, { signal, now }: Times): Run {
  const ended = now();
  // Who was told to stop has not failed.
  if (signal.aborted)
    return { ...run, state: 'failed', ended, error: STOPPED, retry: ended, attempt: Math.max(0, run.attempt - 1) };
  const pause = run.attempt < ATTEMPTS_MAX ? RETRY_MS[run.attempt - 1] : undefined;
  return { ...run, state: 'failed', ended, error: error.message, retry: pause === undefined ? null : ended + pause };
}

const wordsOf = ({ job, day, attempt, retry }: Run): string => {
  const what = day === null ? job : `${job} of ${day}`;
  return retry === null ? `${what} failed ${attempt} times and is given up for now` : `${what} failed`;
};

function goodOf(
  { request, good, touched }: Run,
  { rows, revisions }: Made,
  version: number,
  seconds: number,
  after: Good['after'],
  ended: number,
): Good {
  const isNew = !good || revisions.some((one) => one.isNew);
  const changed = isNew ? version : good.changed;
  return { rows, seconds, revisions, ended, touched, changed, after, request };
}

/** How far a run is, put down now and then. `last` waits for what is being put. */
function progressOf({ ledger, failed, told = () => {} }: Times, job: string, day: string | null) {
  let said = Number.NEGATIVE_INFINITY;
  let putting: Promise<unknown> = Promise.resolve();
  const put = (value: Progress | null) => {
    putting = putting
      .then(() => say(ledger, KEYS.progress(job), value))
      .catch((error) => failed(error, 'the progress of a job could not be put down'));
  };
  return {
    progress(share: number, words: string) {
      const shown = { day, share: Math.max(0, Math.min(1, share)), words: words.slice(0, 200) };
      told(shown);
      if (performance.now() - said < PROGRESS_MS) return;
      said = performance.now();
      put(shown);
    },
    last: () => putting,
  };
}

/** Says what became of a request. */
async function answer(ledger: Ledger, known: Known, { key, version, value }: Entry<Request>): Promise<void> {
  const days = daysAsked(known, value)
    .map((day): Asked => askedOf(value.job, day, key, known))
    .reverse();
  await ledger.put(key, version + 1, { ...value, state: 'done', days } satisfies Request);
}

function askedOf(name: string, day: Day, key: string, known: Known): Asked {
  const run = runOf({ name }, day, known);
  const good = run?.good;
  const isOurs = run?.request === key;
  const error = isOurs || !good ? (run?.error ?? (good ? null : 'what has to go before it failed')) : null;
  const revision = good?.revisions.at(-1)?.revision ?? null;
  const isNew = isOurs && run?.state === 'done' && (good?.revisions.some((one) => one.isNew) ?? false);
  const state = error === null && good ? 'done' : 'failed';
  return { day: day.day, state, rows: good?.rows ?? null, seconds: good?.seconds ?? null, revision, isNew, error };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Ledger } from '../services/ledger/ledger.ts';
import {
  type Asked,
  entriesIn,
  type JobSaid,
  KEYS,
  type Lock,
  type Progress,
  type Request,
  type Run,
  say,
  valueAt,
} from '../services/ledger/runs.ts';
import { nextRuns } from '../services/model/cron.ts';
import type { Day } from '../services/model/day.ts';
import type { Bench, Made } from './job.ts';
import { type Held, type Holder, Lost, takeLock } from './lock.ts';
import { daysAsked, inOrder, type Known, type Plan, planOf, runOf } from './plan.ts';
import { ATTEMPTS_MAX, runOnce } from './run.ts';

/** What keeps up is looked at this often at least, ms: clocks may jump. */
const PAUSE_MAX_MS = 60_000;

export type Performance = { progress: Bench['progress']; signal: AbortSignal };

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
  /**
   * Does all that is due, unless another process does, or somebody needs the jobs to rest. Resolves to when it has to be looked again
   * (UTC ms); null: at the next tick.
   */
  work(): Promise<number | null>;
};

/** When a lane had nothing more to do (UTC ms), what it waits for, and whether a day is being written to. */
type Rested = { at: number; wait: number | null; isHeld: boolean };

export function createTimetable(times: Times): Timetable {
  const jobs = inOrder(times.jobs);
  let idle = Number.NEGATIVE_INFINITY;
  const read = async () => {
    const known = await knownOf(times, idle);
    return { known, plan: planOf(jobs, known, times.only !== undefined) };
  };
  const rest = ({ at, wait, isHeld }: Rested): number | null => {
    if (!isHeld) idle = at;
    return wait;
  };
  return {
    async work() {
      const { known, plan } = await read();
      if (plan.tasks.length + plan.served.length === 0) return rest({ ...plan, at: known.now });
      const way = givingWay(times);
      try {
        const resting = await restsUntil(times);
        const held = resting === null ? await takeLock(times) : { until: resting };
        return 'fence' in held ? await workHeld(held, plan.due, way.needed) : held.until;
      } finally {
        way.end();
      }
    },
  };

  async function workHeld(held: Held, due: Plan['due'], needed: AbortSignal): Promise<number | null> {
    const working = { ...times, signal: AbortSignal.any([times.signal, needed]) };
    try {
      if (!times.only) await sayDue(times.ledger, jobs, due);
      await endBroken(times, held.fence);
      const rested = await bothLanes(working, jobs, read, held);
      // What kept up beside the days was still due when they were done.
      if (!times.only) await sayDue(times.ledger, jobs, (await read()).plan.due);
      return rest(rested);
    } catch (error) {
      if (error instanceof Lost || working.signal.aborted) return null;
      throw error;
    } finally {
      await held.release();
    }
  }
}

/** Until when somebody needs the jobs to rest at most, UTC ms; null: nobody does. */
async function restsUntil({ ledger, now }: Times): Promise<number | null> {
  const { until = 0 } = (await valueAt<Lock>(ledger, KEYS.way)) ?? {};
  return until > now() ? until : null;
}

/** `needed` aborts when somebody comes to need the jobs to rest, until `end`. What they are at is broken off, and done again. */
function givingWay({ ledger, now }: Times): { needed: AbortSignal; end(): void } {
  const [needed, over] = [new AbortController(), new AbortController()];
  const listen = async () => {
    for await (const { value } of ledger.watch(KEYS.way, over.signal))
      if ((value as Lock).until > now()) return needed.abort();
  };
  listen().catch((error: unknown) => needed.abort(error));
  return { needed: needed.signal, end: () => over.abort() };
}

type Read = () => Promise<{ known: Known; plan: Plan }>;

/** Days in their turn, and beside them what keeps up, which waits for no day. */
async function bothLanes(times: Times, jobs: readonly JobSaid[], read: Read, held: Held): Promise<Rested> {
  const over = new AbortController();
  const chores = jobs.filter(({ daily }) => !daily);
  const lanes = await Promise.allSettled([
    doDays(times, jobs, read, held).finally(() => over.abort()),
    keepUp(times, chores, read, held, over.signal),
  ]);
  const rested = lanes.map((lane) => {
    if (lane.status === 'rejected') throw lane.reason;
    return lane.value;
  });
  const waits = rested.flatMap(({ wait }) => wait ?? []);
  return {
    at: Math.min(...rested.map(({ at }) => at)),
    wait: waits.length > 0 ? Math.min(...waits) : null,
    isHeld: rested.some(({ isHeld }) => isHeld),
  };
}

async function doDays(times: Times, jobs: readonly JobSaid[], read: Read, held: Held): Promise<Rested> {
  for (;;) {
    times.signal.throwIfAborted();
    held.lost.throwIfAborted();
    const { known, plan } = await read();
    for (const request of plan.served) await answer(times.ledger, known, request);
    const task = plan.tasks.find(({ day }) => day !== null);
    if (task) {
      await runOnce(times, task, known, held);
      continue;
    }
    if (!times.only) await sayDue(times.ledger, jobs, plan.due);
    return { ...plan, at: known.now };
  }
}

/** Until `over` aborts, which nothing waits for, and all that is due then is done. */
async function keepUp(
  times: Times,
  chores: readonly JobSaid[],
  read: Read,
  held: Held,
  over: AbortSignal,
): Promise<Rested> {
  for (;;) {
    times.signal.throwIfAborted();
    held.lost.throwIfAborted();
    const isOver = over.aborted || chores.length === 0;
    const signal = AbortSignal.any([over, times.signal, held.lost]);
    const ear = listening(times.ledger, signal);
    const { known, plan } = await read();
    const task = plan.tasks.find(({ day }) => day === null);
    if (task || isOver) ear.end();
    if (task) await runOnce(times, task, known, held);
    else if (isOver) return { ...plan, at: known.now };
    else {
      const next = Math.min(...chores.flatMap(({ cron, zone }) => nextRuns(cron, zone, known.now, 1)));
      await ear.wait(Math.min(PAUSE_MAX_MS, next - known.now));
    }
  }
}

/** Hears the next call from now on; `wait` resolves then, after so long (ms), or when `signal` aborts, and ends it. */
function listening(ledger: Ledger, signal: AbortSignal) {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const called = ledger.watch('call/', either)[Symbol.asyncIterator]().next();
  return {
    async wait(ms: number): Promise<void> {
      await Promise.race([called, sleep(ms, undefined, { signal: either }).catch(() => undefined)]);
      over.abort();
      await called;
    },
    end: () => over.abort(),
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
    calls: await entriesIn(ledger, 'call/'),
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

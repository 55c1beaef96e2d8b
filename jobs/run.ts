import type { Good, Progress, ProgressOf, Run } from '../services/ledger/runs.ts';
import { KEYS, say } from '../services/ledger/runs.ts';
import { abortAfter } from '../services/model/abort.ts';
import type { Made } from './job.ts';
import { type Held, Lost } from './lock.ts';
import { beforeOf, type Known, runOf, type Task, touchedOf } from './plan.ts';
import type { Times } from './timetable.ts';

/** Tries of a run at most, and the pauses between them, ms. */
export const ATTEMPTS_MAX = 4;
const RETRY_MS = [10_000, 60_000, 300_000];
/** A run that takes longer has gone astray, ms. */
const RUN_MAX_MS = 2 * 3_600_000;
/** How often it is put down how far a run is, ms. */
const PROGRESS_MS = 3000;

/** One run, and what became of it. */
export async function runOnce(times: Times, task: Task, known: Known, held: Held): Promise<void> {
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
    touched: touchedOf(job, day, known),
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
  const signal = abortAfter(RUN_MAX_MS, times.signal, held.lost);
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
  let at: string | undefined;
  let putting: Promise<unknown> = Promise.resolve();
  const put = (value: Progress | null) => {
    putting = putting
      .then(() => say(ledger, KEYS.progress(job), value))
      .catch((error) => failed(error, 'the progress of a job could not be put down'));
  };
  return {
    progress(share: number, words: string, parts?: readonly ProgressOf[]) {
      const shown = {
        day,
        share: Math.max(0, Math.min(1, share)),
        words: words.slice(0, 200),
        ...(parts && { parts }),
      };
      const keys = parts?.map(({ key }) => key).join();
      told(shown);
      // That it is at another thing is said at once.
      if (performance.now() - said < PROGRESS_MS && keys === at) return;
      [said, at] = [performance.now(), keys];
      put(shown);
    },
    last: () => putting,
  };
}

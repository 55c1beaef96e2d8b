import { Refused } from '../../services/answer/refused.ts';
import type { Entry, Ledger } from '../../services/ledger/ledger.ts';
import type { Touched } from '../../services/ledger/runs.ts';
import { readGone, readSchedule, readSchedules, readWindows, rowKey } from '../../services/ledger/schedules.ts';
import type { Schedule, Sealed, WindowRow } from '../../services/model/schedule.ts';
import { wordsOf } from '../../services/model/windows.ts';
import type { Bench, Chore } from '../job.ts';
import { type Filled, fill } from './fill.ts';
import { dropAside, publish } from './place.ts';
import { planWindows } from './plan.ts';
import { lookedAt } from './wait.ts';

/** Windows that are filled in one go at most; the next minute goes on. */
const AT_ONCE = 500;
/** Pauses before a window that failed is tried again, ms; after the last it waits until somebody asks. */
const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000];
/** The same where the process ended before the window was filled: once it is tried again at once, for most are ended by somebody. */
const BROKEN_MS = [0, ...RETRY_MS.slice(0, -1)];

/** Fills the windows of schedules that are due: each becomes files, once, in order. */
export const exports: Chore = {
  name: 'exports',
  summary: 'Scheduled exports: each window that has ended becomes files, and late data a new revision of them',
  cron: '* * * * *',
  tidy,
};

async function tidy(bench: Bench): Promise<number> {
  const { ledger, house, now, signal } = bench;
  let filled = 0;
  const schedules = await readSchedules(ledger);
  const share = Math.ceil(AT_ONCE / Math.max(1, schedules.length));
  for (const schedule of schedules) {
    for (const entry of await readWindows(ledger, schedule.id)) await endBroken(entry, bench);
    const rows = new Map((await readWindows(ledger, schedule.id)).map((entry) => [entry.key, entry]));
    const gone = await readGone(ledger, schedule.id);
    const touched = await touchedDays(ledger);
    const { waits } = await lookedAt(schedule.query.dataset, bench);
    const due = planWindows(schedule, rows, now(), house, { touched, gone, waits });
    // Nobody's backlog holds the others up.
    for (const [i, row] of due.slice(0, share).entries()) {
      signal.throwIfAborted();
      // Who takes it away, or pauses or edits it meanwhile, does not wait for its backlog; the next go knows what it is then.
      if ((await readSchedule(ledger, schedule.id))?.time !== schedule.time) break;
      const key = rowKey(schedule.id, row.until);
      const progress = (share: number, words: string) =>
        bench.progress(
          (i + share) / due.length,
          `${schedule.name}, until ${wordsOf(row.until, schedule.zone)}: ${words}`,
          { key, share, words },
        );
      progress(0, 'the question is asked');
      await fillOnce(schedule, row, rows.get(key), { ...bench, progress });
      filled += 1;
    }
  }
  return filled;
}

/** A window that nobody is at, since one process alone fills windows, has failed; what is sealed has not: it is finished. */
async function endBroken({ key, version, value: row }: Entry<WindowRow>, { ledger, now }: Bench): Promise<void> {
  if (row.state !== 'running' || row.sealed) return;
  await ledger.put(key, version + 1, failedOf(row, 'the process ended before the window was filled', now(), BROKEN_MS));
}

/** Which version of each day holds its newest late data. */
async function touchedDays(ledger: Ledger): Promise<Map<string, number>> {
  const entries = (await ledger.list('touched/')) as Entry<Touched>[];
  return new Map(entries.map(({ key, value }) => [key.slice('touched/'.length), value.since]));
}

/**
 * One window, and what became of it. Each step is the next version of its row, so of two who try one goes on: it is
 * running; its files are whole, aside (from here on whoever comes finishes it); it is done.
 */
async function fillOnce(
  schedule: Schedule,
  due: WindowRow,
  known: Entry<WindowRow> | undefined,
  bench: Bench,
): Promise<void> {
  const { ledger, now, house, signal } = bench;
  const key = rowKey(schedule.id, due.until);
  let version = (known?.version ?? 0) + 1;
  const put = (row: WindowRow) => ledger.put(key, version++, row);
  const row: WindowRow = { ...due, state: 'running', began: now(), ended: null, error: null, retry: null };
  const fence = version;
  if (!(await put(row))) return;
  try {
    const { published, sealed } = await filledBy(schedule, row, fence, bench);
    if (sealed) {
      // Whoever has taken over by now makes files of its own.
      if (!(await put({ ...row, sealed }))) return dropAside(house, sealed.aside);
      publishOrDrop(house, sealed);
    }
    await put({ ...row, state: 'done', ended: now(), published, sealed: null });
  } catch (error) {
    // One window that fails holds no other up.
    const words = (error as Error).message.replaceAll(house, '');
    await put(signal.aborted ? stoppedOf(row, words, now()) : failedBy(error as Error, row, words, now()));
    signal.throwIfAborted();
  }
}

/** Brings what is sealed to its place. Where there is no room for it, it is made again when there is. */
function publishOrDrop(house: string, sealed: Sealed): void {
  try {
    publish(house, sealed);
  } catch (error) {
    dropAside(house, sealed.aside);
    throw error;
  }
}

/** What is published of a window: what was sealed before a kill, else what is made of it now. */
async function filledBy(schedule: Schedule, row: WindowRow, fence: number, bench: Bench): Promise<Filled> {
  const { sealed = null } = row;
  if (sealed && publish(bench.house, sealed)) return { published: sealed.published, sealed: null };
  return fill(schedule, { ...row, sealed: null }, fence, bench);
}

/** A question that is refused is refused each time. */
const failedBy = (error: Error, row: WindowRow, words: string, ended: number): WindowRow =>
  error instanceof Refused
    ? failedOf(row, `the question cannot be answered: ${words}`, ended, [])
    : failedOf(row, words, ended);

function failedOf(row: WindowRow, error: string, ended: number, pauses: readonly number[] = RETRY_MS): WindowRow {
  const pause = pauses[row.attempt - 1];
  return { ...row, state: 'failed', ended, error, retry: pause === undefined ? null : ended + pause, sealed: null };
}

/** Who was told to stop has not failed. */
const stoppedOf = (row: WindowRow, error: string, ended: number): WindowRow => ({
  ...failedOf(row, error, ended),
  ...{ retry: ended, attempt: row.attempt - 1 },
});

import type { Entry, Ledger } from '../services/ledger/ledger.ts';
import type { Touched } from '../services/ledger/runs.ts';
import { readSchedules, readWindows, rowKey } from '../services/ledger/schedules.ts';
import type { Schedule, WindowRow } from '../services/model/schedule.ts';
import { type Filled, fill } from './export-fill.ts';
import { dropAside, publish } from './export-place.ts';
import { planWindows } from './export-plan.ts';
import type { Bench, Chore } from './job.ts';

/** Windows that are filled in one go at most; the next minute goes on. */
const AT_ONCE = 500;
/** Pauses before a window that failed is tried again, ms; after the last it waits until somebody asks. */
const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000];

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
  for (const schedule of await readSchedules(ledger)) {
    const rows = new Map((await readWindows(ledger, schedule.id)).map((entry) => [entry.key, entry]));
    const due = planWindows(schedule, rows, now(), house, await touchedDays(ledger));
    for (const [i, row] of due.slice(0, AT_ONCE - filled).entries()) {
      signal.throwIfAborted();
      const progress = (share: number, words: string) =>
        bench.progress(
          (i + share) / due.length,
          `${schedule.name}, until ${new Date(row.until).toISOString()}: ${words}`,
        );
      progress(0, 'the question is asked');
      await fillOnce(schedule, row, rows.get(rowKey(schedule.id, row.until)), { ...bench, progress });
      filled += 1;
    }
  }
  return filled;
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
  const found = await filledBy(schedule, row, fence, bench);
  if (found instanceof Error) {
    const failed = failedOf(row, found, now(), signal.aborted);
    await put(failed);
    signal.throwIfAborted();
    return;
  }
  if (found.sealed) {
    // Whoever has taken over by now makes files of its own.
    if (!(await put({ ...row, sealed: found.sealed }))) return dropAside(house, found.sealed.aside);
    publish(house, found.sealed);
  }
  await put({ ...row, state: 'done', ended: now(), published: found.published, sealed: null });
}

/** What is published of a window: what was sealed before a kill, else what is made of it now. */
async function filledBy(schedule: Schedule, row: WindowRow, fence: number, bench: Bench): Promise<Filled | Error> {
  const { sealed = null } = row;
  try {
    if (sealed && publish(bench.house, sealed)) return { published: sealed.published, sealed: null };
    return await fill(schedule, { ...row, sealed: null }, fence, bench);
  } catch (error) {
    return error as Error;
  }
}

function failedOf(row: WindowRow, { message }: Error, ended: number, isStopped: boolean): WindowRow {
  const pause = RETRY_MS[row.attempt - 1];
  const retry = isStopped ? ended : pause === undefined ? null : ended + pause;
  return { ...row, state: 'failed', ended, error: message, retry, sealed: null };
}

import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportsIn, ROWS_FILE } from '../services/ledger/exported.ts';
import type { Entry, Ledger } from '../services/ledger/ledger.ts';
import { KEYS, type Touched, valueAt } from '../services/ledger/runs.ts';
import { folderOf, readSchedules, readWindows, rowKey } from '../services/ledger/schedules.ts';
import { within } from '../services/ledger/within.ts';
import { daysIn } from '../services/model/day.ts';
import type { Published, Schedule, WindowRow } from '../services/model/schedule.ts';
import { columnsIn, difference, isThere, writeExport } from './export-files.ts';
import { planWindows } from './export-plan.ts';
import type { Bench, Chore } from './job.ts';

/** Windows that are filled in one go at most; the next minute goes on. */
const AT_ONCE = 500;
/** Cells of a window's answer at most; what has more fails in words. */
const CELLS_MAX = 1_000_000;
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
    for (const row of due.slice(0, AT_ONCE - filled)) {
      signal.throwIfAborted();
      bench.progress(filled / Math.max(1, due.length), `${schedule.name}, until ${new Date(row.until).toISOString()}`);
      await fillOnce(schedule, row, rows.get(rowKey(schedule.id, row.until)), bench);
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

/** One window, and what became of it: the row is put before and after, so that of two who try one does it. */
async function fillOnce(
  schedule: Schedule,
  due: WindowRow,
  known: Entry<WindowRow> | undefined,
  bench: Bench,
): Promise<void> {
  const { ledger, now, signal } = bench;
  const key = rowKey(schedule.id, due.until);
  const version = (known?.version ?? 0) + 1;
  const row: WindowRow = { ...due, state: 'running', began: now(), ended: null, error: null, retry: null };
  if (!(await ledger.put(key, version, row))) return;
  const published = await fill(schedule, row, bench).catch((error: Error) => error);
  const ended = now();
  if (!(published instanceof Error)) {
    await ledger.put(key, version + 1, { ...row, state: 'done', ended, published } satisfies WindowRow);
    return;
  }
  const pause = RETRY_MS[row.attempt - 1];
  const retry = signal.aborted ? ended : pause === undefined ? null : ended + pause;
  await ledger.put(key, version + 1, {
    ...row,
    state: 'failed',
    ended,
    error: published.message,
    retry,
  } satisfies WindowRow);
  signal.throwIfAborted();
}

/** Asks, compares with what is published, and publishes a revision if that is not the same. */
async function fill(schedule: Schedule, row: WindowRow, bench: Bench): Promise<Published> {
  const { house, ask } = bench;
  const before = row.published;
  const folder = join(exportsIn(house), folderOf(schedule, row, (before?.revision ?? 0) + 1));
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  // A link that leads elsewhere is not written through.
  within(exportsIn(house), dirname(folderOf(schedule, row, 1)));
  const answer = `${folder}.rows`;
  const span = { from: row.from, until: row.until };
  try {
    const meta = await ask({ ...schedule.query, limit: schedule.query.limit ?? CELLS_MAX, span }, answer);
    const { connection } = await bench.database();
    const read = await readBy(schedule, row, meta.revision, bench);
    const change = await changeOf(connection, before, answer, house);
    const formats = before?.files.map(({ format }) => format).join();
    if (before && change?.words === null && formats === schedule.formats.join())
      return { ...before, read, asSeen: meta.asSeen, to: sentTo(schedule, row, before) };
    const columns = await columnsIn(connection, answer);
    const revision = (before?.revision ?? 0) + 1;
    const changed = change?.words ?? null;
    const manifest = await writeExport(connection, folder, {
      schedule,
      rows: answer,
      columns,
      meta,
      said: {
        schedule: schedule.id,
        name: schedule.name,
        from: new Date(row.from).toISOString(),
        until: new Date(row.until).toISOString(),
        zone: schedule.zone,
        revision,
        query: { ...schedule.query, span },
        profile: schedule.profile,
        venue: meta.venue,
        read,
        asSeen: meta.asSeen,
        covered: await coveredIn(row, bench),
        changed,
      },
    });
    const { files, rows } = manifest;
    const named = folderOf(schedule, row, revision);
    return {
      revision,
      folder: named,
      files,
      rows,
      read,
      asSeen: meta.asSeen,
      changed,
      time: bench.now(),
      to: schedule.destinations,
    };
  } finally {
    rmSync(answer, { force: true });
  }
}

/** Whom a revision goes to that stays as it was: those it went to, and whom the schedule names where somebody asked for it. */
const sentTo = ({ destinations }: Schedule, { why }: WindowRow, { to = [] }: Published): string[] =>
  why === 'asked' || why === 'backfill' ? [...new Set([...to, ...destinations])] : to;

/** What makes a window due again: newer revisions of what it read, of each of its days; of observations, a day that was written to late. */
async function readBy(
  { query: { dataset } }: Schedule,
  row: WindowRow,
  revisions: Published['read'],
  { ledger, venue }: Bench,
): Promise<Published['read']> {
  const days = daysIn({ from: row.from, until: row.until }, venue.zone).map(({ day }) => day);
  if (dataset !== 'observations') {
    // What a pivot names by itself is its own dataset.
    const read = revisions.map((one) => (one.dataset === 'pivot' ? { ...one, dataset } : one));
    const unread = days.filter((day) => !read.some((one) => one.dataset === dataset && one.day === day));
    return [...read, ...unread.map((day) => ({ dataset, day, revision: 0 }))];
  }
  const since = async (day: string) => (await valueAt<Touched>(ledger, KEYS.touched(day)))?.since ?? 0;
  return Promise.all(days.map(async (day) => ({ dataset, day, revision: await since(day) })));
}

/** What changed since the files that are published, in words; null: nothing is published. */
async function changeOf(
  connection: Awaited<ReturnType<Bench['database']>>['connection'],
  before: Published | null,
  answer: string,
  house: string,
): Promise<{ words: string | null } | null> {
  if (!before) return null;
  const file = join(exportsIn(house), before.folder, ROWS_FILE);
  if (!isThere(file)) return { words: `revision ${before.revision} is not there any more` };
  const { added, gone } = await difference(connection, file, answer);
  if (added + gone === 0) return { words: null };
  return { words: `${added} rows are new or changed, ${gone} are gone or were different` };
}

/** Share of room-seconds of a window in which gateways heard well enough; null where no frame says so. */
async function coveredIn(row: WindowRow, { ask, database, house }: Bench): Promise<number | null> {
  const file = join(exportsIn(house), `.covered-${row.until}.parquet`);
  const span = { from: row.from, until: row.until };
  try {
    await ask({ dataset: 'frames', measures: ['covered'], span }, file);
    const { connection } = await database();
    const found = await connection.runAndReadAll('SELECT covered FROM read_parquet($file)', { file });
    const value = found.getRows()[0]?.[0];
    return typeof value === 'number' ? value : null;
  } finally {
    rmSync(file, { force: true });
  }
}

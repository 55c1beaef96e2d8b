import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Ledger } from '../../services/ledger/ledger.ts';
import type { ProgressOf, Touched } from '../../services/ledger/runs.ts';
import { readGone, readSchedule, readSchedules, readWindows, rowKey } from '../../services/ledger/schedules.ts';
import type { Schedule } from '../../services/model/schedule.ts';
import { wordsOf } from '../../services/model/windows.ts';
import type { Bench, Chore } from '../job.ts';
import { endBroken, fillOnce } from './one.ts';
import { planWindows } from './plan.ts';
import { lookedAt } from './wait.ts';

/** Windows that are filled in one go at most; the next minute goes on. */
const AT_ONCE = 500;
/** A schedule that takes longer is heavy, ms: the others go on beside it. */
const PATIENCE_MS = 10_000;
/** What comes to be due beside a heavy one is looked for so often, ms. */
const BESIDE_MS = 15_000;

/** Fills the windows of schedules that are due: each becomes files, once, in order. */
export const exports: Chore = {
  name: 'exports',
  summary: 'Scheduled exports: each window that has ended becomes files, and late data a new revision of them',
  cron: '* * * * *',
  tidy: (bench) => fillAll(bench),
};

/** A schedule whose windows are being filled. `over` never rejects. */
type Turn = { id: string; over: Promise<void>; isOver: boolean };

/** What turns know of each other: how far the windows are that are being filled, by their keys, and how many each schedule has had. */
type Go = { told: Map<string, ProgressOf>; filled: Map<string, number>; patienceMs: number };

/**
 * One schedule after another, round by round. A turn that takes long gives way after the window that it is at; until then the others
 * have their turns beside it: two windows are filled at once at most, for each takes its share of the memory.
 */
export async function fillAll(bench: Bench, patienceMs = PATIENCE_MS): Promise<number> {
  const { ledger, signal } = bench;
  const go: Go = { told: new Map(), filled: new Map(), patienceMs };
  const lastTurn = new Map<string, number>();
  const failed: unknown[] = [];
  let heavy: Turn | null = null;
  let isMore = false;
  const begin = (schedule: Schedule, share: number): Turn => {
    const turn: Turn = { id: schedule.id, isOver: false, over: Promise.resolve() };
    lastTurn.set(schedule.id, performance.now());
    turn.over = fillDue(schedule, share, bench, go)
      .then((isLeft) => {
        isMore = isMore || isLeft;
      })
      .catch((error: unknown) => void failed.push(error))
      .finally(() => (turn.isOver = true));
    return turn;
  };
  do {
    isMore = false;
    const schedules = await readSchedules(ledger);
    const share = Math.ceil(AT_ONCE / Math.max(1, schedules.length));
    const last = ({ id }: Schedule) => lastTurn.get(id) ?? 0;
    for (const schedule of schedules.sort((a, b) => last(a) - last(b))) {
      if (failed.length > 0) break;
      if (heavy && (heavy.id === schedule.id || (await wasHeavy(schedule, ledger, patienceMs)))) {
        isMore = true;
        continue;
      }
      const turn = begin(schedule, share);
      await orAfter(patienceMs, [turn.over], signal);
      // Nobody knew of this one: one of the two has to end.
      if (heavy && !turn.isOver) await Promise.race([heavy.over, turn.over]);
      heavy = [heavy, turn].find((one) => one && !one.isOver) ?? null;
    }
    if (heavy) await orAfter(BESIDE_MS, [heavy.over], signal);
    if (heavy?.isOver || (heavy && failed.length > 0)) {
      await heavy.over;
      heavy = null;
    }
  } while (heavy || (isMore && failed.length === 0));
  if (failed.length > 0) throw failed[0];
  return [...go.filled.values()].reduce((sum, count) => sum + count, 0);
}

/** Until one of these is over, so long (ms), or a signal aborts. */
async function orAfter(ms: number, turns: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await Promise.race([...turns, sleep(ms, undefined, { signal: either }).catch(() => undefined)]);
  over.abort();
}

/** Whether the last window of a schedule took long. */
async function wasHeavy({ id }: Schedule, ledger: Ledger, patienceMs: number): Promise<boolean> {
  const ended = (await readWindows(ledger, id)).flatMap(({ value: { began, ended } }) =>
    began !== null && ended !== null ? [{ ended, ms: ended - began }] : [],
  );
  const last = ended.reduce((a, b) => (b.ended > a.ended ? b : a), { ended: 0, ms: 0 });
  return last.ms > patienceMs;
}

/**
 * Fills windows of a schedule that are due, in order, until it has taken long, or had its share of a go: nobody's backlog holds the
 * others up. Resolves to whether it gave way with some left.
 */
async function fillDue(schedule: Schedule, share: number, bench: Bench, go: Go): Promise<boolean> {
  const { ledger, house, now, signal } = bench;
  const { told, filled, patienceMs } = go;
  const began = performance.now();
  for (const entry of await readWindows(ledger, schedule.id)) await endBroken(entry, bench);
  const rows = new Map((await readWindows(ledger, schedule.id)).map((entry) => [entry.key, entry]));
  const gone = await readGone(ledger, schedule.id);
  const touched = await touchedDays(ledger);
  const { waits } = await lookedAt(schedule.query.dataset, bench);
  const due = planWindows(schedule, rows, now(), house, { touched, gone, waits });
  const before = filled.get(schedule.id) ?? 0;
  for (const [i, row] of due.slice(0, Math.max(0, share - before)).entries()) {
    signal.throwIfAborted();
    // Who takes it away, or pauses or edits it meanwhile, does not wait for its backlog; the next go knows what it is then.
    if ((await readSchedule(ledger, schedule.id))?.time !== schedule.time) break;
    if (i > 0 && performance.now() - began > patienceMs) return true;
    const key = rowKey(schedule.id, row.until);
    const progress = (part: number, words: string) => {
      told.set(key, { key, share: part, words });
      const what = `${schedule.name}, until ${wordsOf(row.until, schedule.zone)}: ${words}`;
      bench.progress((before + i + part) / (before + due.length), what, [...told.values()]);
    };
    progress(0, 'the question is asked');
    await fillOnce(schedule, row, rows.get(key), { ...bench, progress }).finally(() => told.delete(key));
    filled.set(schedule.id, before + i + 1);
  }
  return false;
}

/** Which version of each day holds its newest late data. */
async function touchedDays(ledger: Ledger): Promise<Map<string, number>> {
  const entries = (await ledger.list('touched/')) as Entry<Touched>[];
  return new Map(entries.map(({ key, value }) => [key.slice('touched/'.length), value.since]));
}

import { isOwn, NEW_WINDOW, type Schedule, type WindowRow } from '../model/schedule.ts';
import type { Span } from '../model/venue.ts';
import { restOf, type Timed, type Window, windowsAfter, windowsOf } from '../model/windows.ts';
import type { Entry } from './ledger.ts';
import { rowKey } from './schedules.ts';

/** How far it is looked back at first, ms; each time further. */
const STEP_MS = 2 * 86_400_000;
const FURTHER = 4;

type Rows = ReadonlyMap<string, Entry<WindowRow>>;

/**
 * The windows of a schedule that have ended and have no row in the ledger yet, in order: they are not due, or their turn has not
 * come. `before` (UTC ms): they end before it; `count`: the last so many at least.
 */
export function waitingWindows(
  schedule: Schedule,
  rows: Rows,
  before: number,
  count = Number.POSITIVE_INFINITY,
): WindowRow[] {
  const first = plannedUpTo(rows, schedule.since);
  const { timed, held } = behind(schedule, rows);
  // Who wants a page of a long pause does not wait for all of it.
  for (let step = count === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : STEP_MS; ; step *= FURTHER) {
    const from = Math.max(first, before - step);
    const found = windowsOf(timed, { from, until: before })
      .flatMap((window) => restOf(window, held))
      .filter(({ until }) => !rows.has(rowKey(schedule.id, until)))
      .map((window): WindowRow => ({ ...NEW_WINDOW, schedule: schedule.id, ...window }));
    if (from === first || found.length >= count) return found;
  }
}

/** The next windows of a schedule that end after an instant (UTC ms), of what no window holds yet. */
export function comingWindows(schedule: Schedule, rows: Rows, after: number, count: number): Window[] {
  const { timed, held } = behind(schedule, rows);
  // The first may be held whole.
  const windows = windowsAfter(timed, after, count + 1).flatMap((window) => restOf(window, held));
  return windows.filter(({ until }) => until > after).slice(0, count);
}

/**
 * The windows that somebody asks for: those that a timetable ends in a span (until excluded), and those that another one has
 * ended there. Where they last from run to run none holds what another does.
 */
export function askedWindows(schedule: Schedule, rows: Rows, span: Span): Window[] {
  const kept = [...rows.values()].map(({ value }) => value);
  const byEnd = new Map(kept.map((row) => [row.until, row]));
  const held = schedule.lasting === null ? kept : [];
  const own = windowsOf({ ...schedule, since: Number.NEGATIVE_INFINITY }, span).flatMap((window) => {
    if (!byEnd.has(window.until)) return restOf(window, held);
    const ends = held.map(({ until }) => until).filter((until) => window.from < until && until < window.until);
    return [{ ...window, from: Math.max(window.from, ...ends) }];
  });
  const ends = new Set(own.map(({ until }) => until));
  return [...own, ...kept.filter(({ until }) => span.from <= until && until < span.until && !ends.has(until))];
}

/**
 * A timetable that goes on behind what windows were planned by it, or by another before it was edited. Where windows last from run
 * to run its first begins where those end: no time is in two, and none is left out.
 */
function behind(schedule: Schedule, rows: Rows): { timed: Timed; held: readonly Span[] } {
  if (schedule.lasting !== null) return { timed: schedule, held: [] };
  const kept = [...rows.values()].map(({ value }) => value);
  const reached = plannedUpTo(rows, schedule.since);
  if (reached === schedule.since) return { timed: schedule, held: kept };
  const since = Number.NEGATIVE_INFINITY;
  return { timed: { ...schedule, since }, held: [{ from: since, until: reached }, ...kept] };
}

/**
 * By the timetable windows are planned in order, so before the last of them there is nothing to look for. A backfill is in no
 * order: what lies before it may still wait.
 */
const plannedUpTo = (rows: Rows, since: number): number =>
  [...rows.values()].reduce((last, { value }) => (isOwn(value) ? Math.max(last, value.until) : last), since);

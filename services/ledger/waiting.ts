import { isOwn, NEW_WINDOW, type Schedule, type WindowRow } from '../model/schedule.ts';
import { windowsOf } from '../model/windows.ts';
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
  // Who wants a page of a long pause does not wait for all of it.
  for (let step = count === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : STEP_MS; ; step *= FURTHER) {
    const from = Math.max(first, before - step);
    const found = windowsOf(schedule, { from, until: before })
      .filter(({ until }) => !rows.has(rowKey(schedule.id, until)))
      .map((window): WindowRow => ({ ...NEW_WINDOW, schedule: schedule.id, ...window }));
    if (from === first || found.length >= count) return found;
  }
}

/**
 * By the timetable windows are planned in order, so before the last of them there is nothing to look for. A backfill is in no
 * order: what lies before it may still wait.
 */
const plannedUpTo = (rows: Rows, since: number): number =>
  [...rows.values()].reduce((last, { value }) => (isOwn(value) ? Math.max(last, value.until) : last), since);

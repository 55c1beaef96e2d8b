import { readParts } from '../../services/ledger/manifest.ts';
import { type Due, KEYS, valueAt } from '../../services/ledger/runs.ts';
import { daysIn } from '../../services/model/day.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import type { Bench } from '../job.ts';

/**
 * How long a window waits for a job to do its days, ms, from when it is due or jobs began: while days wait for that job, and
 * where none does, until that is sure.
 */
const WAIT_MS = 2 * 3_600_000;
const SURE_MS = 5 * 60_000;

/** What is made by a job alone: nothing was seen of it before, so of a day that was not looked at there is nothing, which is not none. */
const MADE = 'anomalies';

type Ends = Pick<WindowRow, 'from' | 'until'>;

/** What a job has done of the days of windows. */
export type Looked = {
  /** whether a window waits until its days that have ended are done */
  waits(window: Ends & Pick<WindowRow, 'due'>): boolean;
  /** days of a window that have ended and that nobody has looked at, though something is known of them */
  unlooked(window: Ends): string[];
};

/** What the job of a dataset has done by now. */
export async function lookedAt(dataset: string, { ledger, house, venue, now }: Bench): Promise<Looked> {
  if (dataset !== MADE) return { waits: () => false, unlooked: () => [] };
  const time = now();
  const parts = readParts(house, MADE);
  const left = (await valueAt<Due>(ledger, KEYS.due(MADE)))?.days;
  const began = (await ledger.get(KEYS.runner))?.time ?? Number.NEGATIVE_INFINITY;
  const without = (span: Ends, revision: number) =>
    daysIn(span, venue.zone)
      .filter(({ day, until }) => until <= time && !parts.some((one) => one.day === day && one.revision >= revision))
      .map(({ day }) => day);
  return {
    waits: (window) =>
      time < Math.max(window.due, began) + (left === 0 ? SURE_MS : WAIT_MS) && without(window, 1).length > 0,
    unlooked: (span) => (left === 0 ? [] : without(span, 0)),
  };
}

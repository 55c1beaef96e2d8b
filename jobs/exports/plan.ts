import type { Entry } from '../../services/ledger/ledger.ts';
import { DERIVED, type Derived, readParts } from '../../services/ledger/manifest.ts';
import { withGone } from '../../services/ledger/schedules.ts';
import { waitingWindows } from '../../services/ledger/waiting.ts';
import { unpackReads } from '../../services/model/day-reads.ts';
import { isByHand, NEWER, type Newer, type Schedule, type WindowRow } from '../../services/model/schedule.ts';
import type { Looked } from './wait.ts';

/**
 * Which version of each day holds its newest late data; which files were removed, for they are kept no longer; which windows wait
 * for a job.
 */
export type Known = Pick<Looked, 'waits'> & {
  touched: ReadonlyMap<string, number>;
  gone: ReadonlyMap<string, number>;
};

/**
 * The windows of a schedule that have to be filled now, in order: those that are due and have no row, those that are planned
 * by hand or were broken off, those that failed and are to be tried again, and those of which something newer can be read.
 */
export function planWindows(
  schedule: Schedule,
  rows: ReadonlyMap<string, Entry<WindowRow>>,
  now: number,
  house: string,
  { touched, gone, waits }: Known,
): WindowRow[] {
  const newer = newerIn(house, touched);
  const whyNewer = (row: WindowRow) => (withGone(row, gone).published?.gone === undefined ? newer(row) : null);
  const asked = [...rows.values()].map(({ value }) => value).flatMap((row) => again(row, now, whyNewer) ?? []);
  if (schedule.paused) return asked.filter(isByHand);
  const own = waitingWindows(schedule, rows, now).filter(({ due }) => due <= now);
  // They are planned in order: behind one that waits all do.
  const first = own.findIndex(waits);
  return [...own.slice(0, first < 0 ? own.length : first), ...asked].sort((a, b) => a.until - b.until);
}

/** The row that a window is filled again with; null: it is left alone. */
function again(row: WindowRow, now: number, whyNewer: (row: WindowRow) => Newer | null): WindowRow | null {
  // What is running and was not broken off is sealed: it is finished.
  if (row.state === 'running' || (row.state === 'planned' && row.due <= now)) return row;
  if (row.state === 'failed' && row.retry !== null && row.retry <= now) return { ...row, attempt: row.attempt + 1 };
  const why = row.state === 'done' && row.published ? whyNewer(row) : null;
  return why && { ...row, why, attempt: 1 };
}

/** Of what a window was made from there is a newer revision, or one at last: why; null: there is none. */
function newerIn(house: string, touched: ReadonlyMap<string, number>): (row: WindowRow) => Newer | null {
  const parts = DERIVED.flatMap((dataset) => (dataset === 'observations' ? [] : partsOf(house, dataset)));
  return ({ from, until, published }) => {
    const known = new Map(
      unpackReads(published?.read ?? []).map(({ dataset, day, revision }) => [`${dataset} ${day}`, revision]),
    );
    const datasets = new Set([...known.keys()].map((key) => key.split(' ')[0]));
    const isLate = [...touched].some(([day, since]) => since > (known.get(`observations ${day}`) ?? since));
    const newer = parts.filter(
      ({ dataset, day, span, revision }) =>
        datasets.has(dataset) &&
        span.from < until &&
        from < span.until &&
        revision > (known.get(`${dataset} ${day}`) ?? 0),
    );
    const whys = newer.map((part) => whyOf(part, known.get(`${part.dataset} ${part.day}`) ?? 0, parts));
    if (isLate) whys.push('late data');
    return NEWER.find((why) => whys.includes(why)) ?? null;
  };
}

type DerivedPart = ReturnType<typeof partsOf>[number];

/** Why there is a newer revision of a day than the one that was read (0: it was as seen, or nothing). */
function whyOf({ dataset, day, venue }: DerivedPart, read: number, parts: readonly DerivedPart[]): Newer {
  if (dataset === 'baselines') return 'new baseline';
  if (read === 0) return 'corrected';
  const was = parts.find((one) => one.dataset === dataset && one.day === day && one.revision === read);
  return was && was.venue !== venue ? 'new venue' : 'late data';
}

const partsOf = (house: string, dataset: Derived) => readParts(house, dataset).map((part) => ({ dataset, ...part }));

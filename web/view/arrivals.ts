import type { Status } from '../read/rows.ts';

/** How far back the rate is shown, ms. */
export const SHOWN_MS = 60_000;

/** What one run of the service had received by a moment (browser's clock, UTC ms): stored, known already or refused. */
export type Arrival = { at: number; instance: string; count: number };

/** A span between two polls and what came in it. */
type Interval = { from: number; until: number; count: number };

/** What was measured; null is what two polls have not told yet. */
export type Rate = {
  perSecond: number | null;
  /** in the last minute, or as far back as it was watched */
  shown: { count: number; ms: number } | null;
  intervals: Interval[];
};

/** The arrivals with one more, without those that are no longer shown. */
export function withArrival(arrivals: Arrival[], at: number, status: Status): Arrival[] {
  return withCount(arrivals, at, status.instance, status.observations + status.duplicates + status.rejects);
}

/** Counts by when they stood so with one more, without those that are no longer shown. */
export function withCount(arrivals: Arrival[], at: number, instance: string, count: number): Arrival[] {
  const first = arrivals.findIndex((arrival) => arrival.at >= at - SHOWN_MS);
  // The one before the window begins the interval that reaches into it.
  const kept = first < 0 ? arrivals.slice(-1) : arrivals.slice(Math.max(0, first - 1));
  return [...kept, { at, instance, count }];
}

/** What came between the polls. Across a restart nothing is known: its duplicates begin at 0 again. */
export function rateOf(arrivals: Arrival[]): Rate {
  const intervals = arrivals.slice(1).flatMap((now, i): Interval[] => {
    const before = arrivals[i]!;
    if (before.instance !== now.instance || now.count < before.count || now.at <= before.at) return [];
    return [{ from: before.at, until: now.at, count: now.count - before.count }];
  });
  const last = intervals.at(-1);
  if (!last || last.until !== arrivals.at(-1)!.at) return { perSecond: null, shown: null, intervals };
  const start = Math.max(unbrokenFrom(intervals), last.until - SHOWN_MS);
  // Of an interval that reaches into the last minute its share is taken: where in it things came is not known.
  const count = intervals.reduce((sum, interval) => sum + interval.count * shareAfter(start, interval), 0);
  return {
    perSecond: (last.count * 1000) / (last.until - last.from),
    shown: { count: Math.round(count), ms: last.until - start },
    intervals,
  };
}

/** When the intervals that join up to the last one without a hole began. */
function unbrokenFrom(intervals: Interval[]): number {
  return intervals.reduceRight(
    (from, interval) => (interval.until === from ? interval.from : from),
    intervals.at(-1)!.until,
  );
}

const shareAfter = (start: number, { from, until }: Interval): number =>
  Math.max(0, until - Math.max(from, start)) / (until - from);

import type { Span } from '../model/venue.ts';

const HOUR_MS = 3_600_000;
/** Spans that one batch is looked up in at most; beyond it, gaps between them are bridged. */
const RUNS_MAX = 16;

/**
 * The spans in which times lie (UTC ms): their own span where that is an hour or less, else runs of hours. The
 * widest gaps stay open, so that a batch with one old straggler does not read all that lies between.
 */
export function hourRuns(times: number[]): Span[] {
  const first = Math.min(...times);
  const last = Math.max(...times);
  if (last - first <= HOUR_MS) return [{ from: first, until: last + 1 }];
  const hours = [...new Set(times.map((time) => Math.floor(time / HOUR_MS)))].sort((a, b) => a - b);
  const gaps = hours.slice(1).map((hour, i) => hour - hours[i]!);
  const widest = [...gaps].sort((a, b) => b - a)[RUNS_MAX - 2] ?? 1;
  const open = Math.max(1, widest);
  const runs: Span[] = [];
  for (const [i, hour] of hours.entries()) {
    if (i > 0 && gaps[i - 1]! <= open) runs.at(-1)!.until = (hour + 1) * HOUR_MS;
    else runs.push({ from: hour * HOUR_MS, until: (hour + 1) * HOUR_MS });
  }
  return runs;
}

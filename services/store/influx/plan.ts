import type { Span } from '../../model/venue.ts';
import { type Bucket, PART } from './buckets.ts';

/** What is read and sorted at once: positions after one and up to another, and the spans of time in which they are. */
export type Window = { after: number; upto: number; spans: Span[] };

/** Spans of a window that are asked for one by one; where there were more, what lies between them is read in vain. */
const SPANS_MAX = 4;

/**
 * InfluxDB gives rows by time, a river is read by position. So it is read in windows of positions that hold about `rows`
 * each, and each window asks only for the time in which its positions occur: where time and position go together, as in
 * a river they do, each row is read once. Within a bucket, positions are taken to be spread evenly.
 */
export function windowsOf(buckets: Bucket[], rows: number): Window[] {
  const cuts = buckets.reduce((sum, { count }) => sum + count, 0) <= rows ? endsOf(buckets) : cutsOf(buckets, rows);
  return cuts.slice(1).map((upto, i) => {
    const after = cuts[i]!;
    return { after, upto, spans: joined(buckets.filter(({ low, high }) => high > after && low <= upto)) };
  });
}

const endsOf = (buckets: Bucket[]): number[] =>
  buckets.length === 0
    ? []
    : [Math.min(...buckets.map(({ low }) => low)) - 1, Math.max(...buckets.map(({ high }) => high))];

/** Positions between which there are about `rows` observations, from before the first up to the last; parts are not mixed. */
function cutsOf(buckets: Bucket[], rows: number): number[] {
  const parts = new Map<number, Bucket[]>();
  for (const bucket of buckets) {
    const part = Math.floor(bucket.low / PART);
    const found = parts.get(part);
    if (found) found.push(bucket);
    else parts.set(part, [bucket]);
  }
  const cuts = [...parts].sort(([a], [b]) => a - b).map(([, found]) => cutsInPart(found, rows));
  // What lies between two parts is empty: the end of the first does for both.
  return cuts.flatMap((found, i) => (i === 0 ? found : found.slice(1)));
}

function cutsInPart(buckets: Bucket[], rows: number): number[] {
  const steps = stepsOf(buckets);
  const cuts = [steps[0]!.at];
  let [each, open, held] = [0, 0, 0];
  for (const [i, step] of steps.entries()) {
    each += step.each;
    open += step.open;
    const end = steps[i + 1]?.at ?? step.at;
    let at = step.at;
    while (open > 0 && held + each * (end - at) > rows) {
      at = Math.min(end, at + Math.max(1, Math.floor((rows - held) / each)));
      cuts.push(at);
      held = 0;
    }
    held += open > 0 ? each * (end - at) : 0;
  }
  return [...cuts.filter((cut) => cut < steps.at(-1)!.at), steps.at(-1)!.at];
}

/** Where a bucket begins, each position has more observations; after its end it has fewer. */
function stepsOf(buckets: Bucket[]) {
  const steps = buckets.flatMap(({ low, high, count }) => {
    const each = count / (high - low + 1);
    return [
      { at: low - 1, each, open: 1 },
      { at: high, each: -each, open: -1 },
    ];
  });
  return steps.sort((a, b) => a.at - b.at);
}

/** Spans that touch are one; of many, those with the smallest gaps between them. */
function joined(buckets: Bucket[]): Span[] {
  const sorted = [...buckets].sort((a, b) => a.from - b.from);
  const gaps = sorted.slice(1).map(({ from }, i) => from - sorted[i]!.until);
  const least = Math.max(0, gaps.sort((a, b) => b - a)[SPANS_MAX - 1] ?? 0);
  const spans: Span[] = [];
  for (const { from, until } of sorted) {
    const last = spans.at(-1);
    if (last && from - last.until <= least) last.until = Math.max(last.until, until);
    else spans.push({ from, until });
  }
  return spans;
}

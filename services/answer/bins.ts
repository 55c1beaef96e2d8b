import { Temporal } from 'temporal-polyfill';
import type { Span } from '../model/venue.ts';
import { Refused } from './refused.ts';

/** Bins of an answer at most; past it a coarser step is asked for. */
export const BINS_MAX = 100_000;
const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };
const STEP = /^(\d{1,5})([smh])$/;
const HOUR_MS = 3_600_000;

/**
 * Cuts a span (UTC ms) into the steps of a zone: `1s` … `1h`, `day`, `all`. Steps begin at local midnight, so the days
 * of a clock change have 23 or 25 of an hour; the first and the last are cut at the ends of the span.
 */
export function binsOf(span: Span, step: string, zone: string): Span[] {
  if (step === 'all') return [span];
  const ms = stepMs(step);
  const count = binCount(span, step);
  if (count > BINS_MAX)
    throw new Refused([
      {
        pointer: '/step',
        expected: `a step that gives ${BINS_MAX} bins at most`,
        found: `${step}: ${Math.ceil(count)} bins`,
      },
    ]);
  const bins: Span[] = [];
  let day = Temporal.Instant.fromEpochMilliseconds(span.from).toZonedDateTimeISO(zone).startOfDay();
  while (day.epochMilliseconds < span.until) {
    const next = day.add({ days: 1 }).startOfDay();
    for (let from = day.epochMilliseconds; from < next.epochMilliseconds; from += ms) {
      const bin = { from: Math.max(from, span.from), until: Math.min(from + ms, next.epochMilliseconds, span.until) };
      if (bin.from < bin.until) bins.push(bin);
    }
    day = next;
  }
  return bins;
}

/** About how many bins a span has, before they are made. */
export const binCount = (span: Span, step: string): number =>
  step === 'all' ? 1 : (span.until - span.from) / Math.min(stepMs(step), 24 * HOUR_MS);

/** Milliseconds of a step; infinite for `day` and `all`. Throws `Refused` where it is none. */
export function stepMs(step: string): number {
  if (step === 'all' || step === 'day') return Number.POSITIVE_INFINITY;
  const [, count, unit] = STEP.exec(step) ?? [];
  const ms = count && unit ? Number(count) * UNIT_MS[unit]! : 0;
  if (ms >= 1000 && ms <= HOUR_MS) return ms;
  throw new Refused([{ pointer: '/step', expected: 'all, day, or 1s to 1h (10s, 5m, 15m …)', found: step }]);
}

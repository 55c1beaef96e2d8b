import { Temporal } from 'temporal-polyfill';
import type { Span, Venue } from '../model/venue.ts';
import { Refused } from './refused.ts';
import { eventsOf, sessionsOf } from './scope.ts';

/** Bins of an answer at most; past it a coarser step is asked for. */
export const BINS_MAX = 100_000;
/** The same of what is written to a file, a piece at a time: no window, which has 366 days at most, has more by the second. */
export const BINS_WHOLE_MAX = 366 * 86_400;
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

/** A step of an answer; `name`: the session or event that it is. */
export type Bin = Span & { name: string | null };

/** The steps of a span, in order; those of `session` and `event` are theirs, cut at the ends of the span, and may overlap. */
export function stepsOf(span: Span, step: string, venue: Venue): Bin[] {
  if (step !== 'session' && step !== 'event')
    return binsOf(span, step, venue.zone).map((bin) => ({ ...bin, name: null }));
  const all = step === 'session' ? sessionsOf(venue) : eventsOf(venue);
  return all
    .map(({ id, from, until }) => ({ name: id, from: Math.max(from, span.from), until: Math.min(until, span.until) }))
    .filter(({ from, until }) => from < until)
    .sort((a, b) => a.from - b.from || (a.name < b.name ? -1 : 1));
}

/** About how many bins a span has, before they are made. */
export const binCount = (span: Span, step: string): number =>
  step === 'all' || step === 'session' || step === 'event'
    ? 1
    : (span.until - span.from) / Math.min(stepMs(step), 24 * HOUR_MS);

/** Milliseconds of a step; infinite for `day` and `all`. Throws `Refused` where it is none. */
export function stepMs(step: string): number {
  if (['all', 'day', 'session', 'event'].includes(step)) return Number.POSITIVE_INFINITY;
  const [, count, unit] = STEP.exec(step) ?? [];
  const ms = count && unit ? Number(count) * UNIT_MS[unit]! : 0;
  if (ms >= 1000 && ms <= HOUR_MS) return ms;
  throw new Refused([
    { pointer: '/step', expected: 'all, day, session, event, or 1s to 1h (10s, 5m, 15m …)', found: step },
  ]);
}

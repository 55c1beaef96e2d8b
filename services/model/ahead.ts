import { Temporal } from 'temporal-polyfill';
import type { Span } from './venue.ts';

/** From `from` on (UTC ms) local time is `aheadMs` ahead of UTC. */
export type Ahead = { from: number; aheadMs: number };

/** How far a zone's wall clock is ahead of UTC in a span (UTC ms): one for its beginning, and one for each clock change in it. */
export function aheadIn({ from, until }: Span, zone: string): Ahead[] {
  const found: Ahead[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  while (at && (found.length === 0 || at.epochMilliseconds < until)) {
    found.push({ from: at.epochMilliseconds, aheadMs: at.offsetNanoseconds / 1e6 });
    at = at.getTimeZoneTransition('next');
  }
  return found;
}

import { Temporal } from 'temporal-polyfill';
import type { Span } from '../../model/venue.ts';

const DAY_MS = 86_400_000;

/** A span of a zone in which local time is UTC plus `offset`, ms, and that lies in one local day, which begins at `day`. */
type Stretch = Span & { offset: number; day: number };

/** Local time of a zone over a span, from a few conversions; instants are asked in ascending order. UTC ms. */
export type Calendar = {
  /** instants at which a local day begins, or the clocks change, with the ends of the span */
  stretches: Stretch[];
  /** local ms (as if it were UTC) of an instant */
  local(time: number): number;
  /** when the local day of an instant began */
  dayStart(time: number): number;
};

/** The days of a zone that a span touches, cut where its clocks change. */
export function calendarOf(span: Span, zone: string): Calendar {
  const stretches: Stretch[] = [];
  let day = Temporal.Instant.fromEpochMilliseconds(span.from).toZonedDateTimeISO(zone).startOfDay();
  while (day.epochMilliseconds < span.until) {
    const next = day.add({ days: 1 }).startOfDay();
    for (let at = day; at.epochMilliseconds < next.epochMilliseconds; ) {
      const until = changeAfter(at, next);
      stretches.push({
        from: Math.max(at.epochMilliseconds, span.from),
        until: Math.min(until.epochMilliseconds, span.until),
        offset: at.offsetNanoseconds / 1e6,
        day: day.epochMilliseconds,
      });
      at = until;
    }
    day = next;
  }
  const kept = stretches.filter(({ from, until }) => from < until);
  const at = finder(kept);
  return {
    stretches: kept,
    local: (time) => time + at(time).offset,
    dayStart: (time) => at(time).day,
  };
}

/** Most days have none: the offset at both ends tells, and a zone that changes twice a day is asked. */
function changeAfter(at: Temporal.ZonedDateTime, next: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  if (at.offsetNanoseconds === next.offsetNanoseconds && next.epochMilliseconds - at.epochMilliseconds <= DAY_MS)
    return next;
  const change = at.getTimeZoneTransition('next');
  return change && change.epochMilliseconds < next.epochMilliseconds ? change : next;
}

/** The stretch of an instant; whoever asks in order is answered at once. */
function finder(stretches: Stretch[]): (time: number) => Stretch {
  let i = 0;
  return (time) => {
    if (time < stretches[i]!.from) i = 0;
    while (i < stretches.length - 1 && time >= stretches[i]!.until) i += 1;
    return stretches[i]!;
  };
}

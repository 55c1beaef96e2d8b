import { Temporal } from 'temporal-polyfill';

/**
 * The first instant of the next day in `zone` after `time`, UTC ms: 23, 24 or 25 hours after the last where clocks change.
 * @param zone IANA time zone
 */
export function nextMidnight(zone: string, time: number): number {
  const here = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  return here.toPlainDate().add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
}

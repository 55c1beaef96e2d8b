import { Temporal } from 'temporal-polyfill';
import type { Span } from './venue.ts';

/** A day of a zone, `2026-11-03`, and its bounds, UTC ms: 23 to 25 hours. */
export type Day = Span & { day: string };

/** When a day of a zone begins, UTC ms. */
export const startOf = (day: string, zone: string): number =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;

/** The days of a zone that hold some of these instants (UTC ms, in order), in order. */
export function daysOf(instants: Iterable<number>, zone: string): Day[] {
  const days: Day[] = [];
  for (const time of instants) {
    if (time < (days.at(-1)?.until ?? Number.NEGATIVE_INFINITY)) continue;
    days.push(...daysIn({ from: time, until: time + 1 }, zone));
  }
  return days;
}

/** The days of a zone that a span (UTC ms, until excluded) touches, in order, whole. */
export function daysIn({ from, until }: Span, zone: string): Day[] {
  const days: Day[] = [];
  if (!(from < until)) return days;
  let start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).startOfDay();
  while (start.epochMilliseconds < until) {
    const next = start.add({ days: 1 }).startOfDay();
    const day = start.toPlainDate().toString();
    days.push({ day, from: start.epochMilliseconds, until: next.epochMilliseconds });
    start = next;
  }
  return days;
}

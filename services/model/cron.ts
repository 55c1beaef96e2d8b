import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import type { Span } from './venue.ts';

/** What is no timetable; the message says what was expected, and what was found. */
export class NoCron extends Error {}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** So far ahead it is looked for changes of clocks, ms. */
const CHANGES_MS = 2 * 366 * DAY_MS;

/** What an expression means: on which dates, and at which minutes of such a day, in order. */
type Plan = { dates: Cron; minutes: number[] };

/**
 * The next `count` instants (UTC ms, after `after`) of an expression of five fields in a zone. Lists and steps are taken apart
 * into single times; one that is missing when clocks go forward runs at the change, one that is doubled when they go
 * back runs once, the first time. Throws `NoCron`.
 */
export function nextRuns(expression: string, zone: string, after: number, count: number): number[] {
  return take(runs(planOf(expression, zone), zone, after), count);
}

/** The instants (UTC ms) of an expression in a span, from included. Throws `NoCron`. */
export function runsBetween(expression: string, zone: string, { from, until }: Span): number[] {
  const found: number[] = [];
  for (const run of runs(planOf(expression, zone), zone, from - 1)) {
    if (run >= until) break;
    found.push(run);
  }
  return found;
}

/** How a run (UTC ms) stands to what is written: times of that day that clocks skip and that run then instead; whether they show its time twice. */
export type Written = { skipped: string[]; isDoubled: boolean };

/** What clocks do to a run of an expression. Throws `NoCron`. */
export function writtenAt(expression: string, zone: string, run: number): Written {
  const at = Temporal.Instant.fromEpochMilliseconds(run).toZonedDateTimeISO(zone);
  const { minutes } = planOf(expression, zone);
  const instants = instantsOn(at.toPlainDate(), minutes, zone);
  const shown = at.hour * 60 + at.minute;
  const later = at.toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'later' });
  return {
    skipped: minutes.filter((minute, i) => instants[i] === run && minute !== shown).map(timeOf),
    isDoubled: later.epochMilliseconds !== run,
  };
}

/** Minutes since midnight → 01:30. */
const timeOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** When the clocks of a zone are changed (UTC ms), and by how much, ms: forward above 0. */
export type ClockChange = { time: number; by: number };

/** The next changes of a zone's clocks after an instant (UTC ms), one forward and one back, in order; a zone may have none. Throws `NoCron`. */
export function clockChanges(zone: string, after: number): ClockChange[] {
  refuseZone(zone);
  const found: ClockChange[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone);
  while (found.length < 2) {
    const next = at.getTimeZoneTransition('next');
    if (!next) break;
    const by = (next.offsetNanoseconds - next.subtract({ nanoseconds: 1 }).offsetNanoseconds) / 1e6;
    if (next.epochMilliseconds > after + CHANGES_MS) break;
    if (by !== 0 && !found.some((one) => Math.sign(one.by) === Math.sign(by)))
      found.push({ time: next.epochMilliseconds, by });
    at = next;
  }
  return found;
}

function take(all: Iterable<number>, count: number): number[] {
  const found: number[] = [];
  for (const run of all) {
    if (found.length >= count) break;
    found.push(run);
  }
  return found;
}

/** Each instant once, in order. Those of a date never come before those of the date before it. */
function* runs({ dates, minutes }: Plan, zone: string, after: number): Generator<number> {
  const local = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone).toPlainDate();
  let last = after;
  // The calendar knows no zone: a date is its noon in UTC.
  for (let date = noon(local.subtract({ days: 1 })); ; ) {
    const next = dates.nextRun(date);
    if (!next) return;
    date = next;
    for (const run of instantsOn(Temporal.PlainDate.from(next.toISOString().slice(0, 10)), minutes, zone))
      if (run > last) {
        yield run;
        last = run;
      }
  }
}

const noon = (date: Temporal.PlainDate): Date => new Date(`${date.toString()}T12:00:00Z`);

/** When minutes of a date are in a zone, UTC ms. */
function instantsOn(date: Temporal.PlainDate, minutes: number[], zone: string): number[] {
  const midnight = Date.UTC(date.year, date.month - 1, date.day);
  const stretches = stretchesIn({ from: midnight - DAY_MS, until: midnight + 2 * DAY_MS }, zone);
  return minutes.map((minute) => {
    const wall = midnight + minute * MINUTE_MS;
    const { from, offset } = stretches.find((one) => wall - one.offset < one.until)!;
    // Before the stretch begins: the clock has leapt over it.
    return Math.max(from, wall - offset);
  });
}

/** The stretches of a span in which a zone's offset stays, ms. */
function stretchesIn({ from, until }: Span, zone: string): (Span & { offset: number })[] {
  const stretches: (Span & { offset: number })[] = [];
  for (let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone); ; ) {
    const next = at.getTimeZoneTransition('next');
    const end = next && next.epochMilliseconds < until ? next : null;
    const offset = at.offsetNanoseconds / 1e6;
    stretches.push({ from: at.epochMilliseconds, until: end?.epochMilliseconds ?? Number.POSITIVE_INFINITY, offset });
    if (!end) return stretches;
    at = end;
  }
}

function planOf(expression: string, zone: string): Plan {
  refuseZone(zone);
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5)
    throw new NoCron(`expected five fields (minute hour day month weekday), found ${fields.length} in "${expression}"`);
  const [minute, hour, ...dates] = fields as [string, string, string, string, string];
  const hours = valuesOf(hour, 'hour', 23, expression);
  const minutes = valuesOf(minute, 'minute', 59, expression);
  const calendar = calendarOf(dates.join(' '), expression);
  return { dates: calendar, minutes: hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)) };
}

/** The dates of the last three fields, at noon. */
function calendarOf(fields: string, expression: string): Cron {
  let dates: Cron;
  try {
    dates = new Cron(`0 12 ${fields}`, { mode: '5-part', utcOffset: 0, paused: true });
  } catch (error) {
    throw new NoCron(
      `expected day, month and weekday as cron has them, found "${expression}": ${(error as Error).message}`,
    );
  }
  if (!dates.nextRun()) throw new NoCron(`expected a date that exists, found none by "${expression}"`);
  return dates;
}

function refuseZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new NoCron(`expected a time zone like Europe/Dublin, found "${zone}"`);
  }
}

/** A list of numbers, ranges and steps → its values, in order. */
function valuesOf(field: string, name: string, high: number, expression: string): number[] {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, all, low, until, step] = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const from = all ? 0 : Number(low);
    const last = until !== undefined ? Number(until) : all || step ? high : from;
    const each = Number(step ?? 1);
    if (!(from <= last && last <= high && each >= 1 && each <= high))
      throw new NoCron(
        `expected ${name === 'hour' ? 'an' : 'a'} ${name} of 0 to ${high}, *, a-b, */n or a list, found "${part}" in "${expression}"`,
      );
    for (let value = from; value <= last; value += each) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

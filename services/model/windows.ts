import { Temporal } from 'temporal-polyfill';
import { nextRuns, runsBetween } from './cron.ts';
import { instantsIn } from './instant-words.ts';
import type { Schedule } from './schedule.ts';
import type { Span } from './venue.ts';

/** How long after its end a window is due, ms: what comes later makes a new revision. */
const DUE_MS = 15 * 60_000;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DAY_MS = 86_400_000;
/** No clock is changed by more, ms. */
const CHANGE_MS = 3 * 3_600_000;
/** So far back the run before a run is looked for: a day first, at last over the leap year that a 29 February waits for. */
const BACK_DAYS = [1, 8, 40, 400, 1500, 3000];

/** What a window is of: a schedule's timetable. */
export type Timed = Pick<Schedule, 'cron' | 'zone' | 'lasting' | 'since'>;
export type Window = Span & { due: number };

/**
 * The windows of a schedule that end in a span (until excluded), in order, none that begins before `since`. Where they last
 * from run to run, or as long as that is on the clock of the zone, they meet without a gap, whatever that does. Throws `NoCron`.
 */
export function windowsOf(timed: Timed, span: Span): Window[] {
  const { cron, zone, lasting, since } = timed;
  const from = Math.max(span.from, since + 1);
  const ends = from < span.until ? runsBetween(cron, zone, { from, until: span.until }) : [];
  let before = ends.length > 0 ? runBefore(cron, zone, ends[0]!) : null;
  return ends.flatMap((until) => {
    const begins = lasting === null ? before : beginOf(until, before, lengthOf(lasting), zone);
    before = until;
    return begins === null || begins < since ? [] : [{ from: begins, until, due: until + DUE_MS }];
  });
}

/** The next windows that end after an instant (UTC ms), none that begins before `since`. */
export function windowsAfter(timed: Timed, after: number, count: number): Window[] {
  const { cron, zone, lasting, since } = timed;
  const found: Window[] = [];
  // None ends before one that begins at `since`, but for what a clock change takes of it.
  let last = Math.max(after, since + (lasting === null ? 0 : lengthOf(lasting) - CHANGE_MS));
  while (found.length < count) {
    const runs = nextRuns(cron, zone, last, count);
    if (runs.length === 0) break;
    found.push(...runs.flatMap((run) => windowsOf(timed, { from: run, until: run + 1 })));
    last = runs.at(-1)!;
  }
  return found.slice(0, count);
}

/** The windows that end about an instant (UTC ms): so many by then, and so many after it. */
export function windowsAbout(timed: Timed, at: number, count: number): Window[] {
  let before: Window[] = [];
  for (const days of BACK_DAYS) {
    before = windowsOf(timed, { from: at - days * DAY_MS, until: at + 1 });
    if (before.length >= count) break;
  }
  return [...before.slice(-count), ...windowsAfter(timed, at, count)];
}

/** The parts of a window that no other span holds, in order: most often all of it, or none. */
export function restOf({ from, until }: Span, held: readonly Span[]): Window[] {
  const within = held.filter((one) => one.from < until && from < one.until).sort((a, b) => a.from - b.from);
  const rest: Span[] = [];
  let begin = from;
  for (const one of within) {
    if (begin < one.from) rest.push({ from: begin, until: one.from });
    begin = Math.max(begin, one.until);
  }
  if (begin < until) rest.push({ from: begin, until });
  return rest.map((part) => ({ ...part, due: part.until + DUE_MS }));
}

/** By how much the clocks of a zone are changed within a window, ms: it is so much longer on them than it is. */
export const shiftOf = ({ from, until }: Span, zone: string): number =>
  clockOf(until, zone) - until - (clockOf(from, zone) - from);

/**
 * When a window of a length (ms) begins: so long before its end; at the run before it where that is as long ago on the local
 * clock, and no later where it is less. Else an hour that clocks repeat would be in no window.
 */
function beginOf(until: number, before: number | null, length: number, zone: string): number {
  const begin = until - length;
  if (before === null) return begin;
  const onClock = clockOf(until, zone) - clockOf(before, zone);
  if (length < onClock) return begin;
  return length === onClock ? before : Math.min(before, begin);
}

/** What a local clock shows, as ms. */
const clockOf = (time: number, zone: string): number =>
  time + Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

/** The run before a run, UTC ms; null if there is none for years. */
function runBefore(cron: string, zone: string, run: number): number | null {
  for (const days of BACK_DAYS) {
    const last = runsBetween(cron, zone, { from: run - days * DAY_MS, until: run }).at(-1);
    if (last !== undefined) return last;
  }
  return null;
}

/** `24h` → ms. A day is 24 hours here: who means calendar days has a run at each midnight. */
const lengthOf = (lasting: string): number =>
  Number(lasting.slice(0, -1)) * UNIT_MS[lasting.at(-1) as keyof typeof UNIT_MS];

/** What a window is called in a path: its ends in the zone, with their offsets, so that no two are the same. */
export function nameOf({ from, until }: Span, zone: string): string {
  return `${stampOf(from, zone)}_${stampOf(until, zone)}`.replaceAll(':', '');
}

/** 2026-11-03T10:00+01:00 */
export function stampOf(time: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  return at.toString({ smallestUnit: 'minute', timeZoneName: 'never' });
}

/** The same for people: Tue 3 Nov 2026 10:00. */
export function wordsOf(time: number, zone: string): string {
  const { date, minute } = instantsIn(zone);
  return `${date(time)} ${minute(time)}`;
}

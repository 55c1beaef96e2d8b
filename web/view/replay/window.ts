import type { Talk } from '../../../services/model/now-next.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from '../live/gateways.ts';
import { type Book, stepAt } from './book.ts';
import type { Stretch } from './days.ts';

const HOUR_MS = 3_600_000;
/** Fewer hours are not worth a window of their own. */
const HOURS_LEAST = 4;
/** A share of the most people at once from which on anybody is worth a window: not the one who forgot a badge. */
const BUSY = 0.02;

/** The part of a day that the timeline shows (UTC ms): from the first to the last hour in which anybody was there. */
export type Window = { day: string; from: number; until: number };

/** A window for each day of a stretch; of days of which nothing is known yet all of it. */
export function windowsOf(book: Book, { days }: Stretch): Window[] {
  const busy = Math.max(1, BUSY * book.people.reduce((most, value) => (value > most ? value : most), 0));
  return days.map(({ day, from, until, known }) => {
    const [first, end] = [stepAt(book, from), stepAt(book, until - 1) + 1];
    const isBusy = (i: number) => book.people[i]! >= busy;
    let [low, high] = [first, end - 1];
    while (low < high && !isBusy(low)) low += 1;
    while (high > low && !isBusy(high)) high -= 1;
    if (low >= high) return { day, from, until: Math.max(known, from + HOURS_LEAST * HOUR_MS) };
    const start = from + Math.floor(((low - first) * book.stepMs) / HOUR_MS) * HOUR_MS;
    const stop = from + Math.ceil(((high + 1 - first) * book.stepMs) / HOUR_MS) * HOUR_MS;
    return { day, from: start, until: Math.min(until, Math.max(stop, start + HOURS_LEAST * HOUR_MS)) };
  });
}

/** The window of an instant: of its day, as wide as it has to be to hold it. */
export function windowAt(windows: Window[], { days }: Stretch, at: number): Window {
  const i = Math.max(
    0,
    days.findIndex(({ from, until }) => at >= from && at < until),
  );
  const { day, from, until } = windows[i]!;
  if (at >= from && at < until) return { day, from, until };
  return { day, from: Math.min(from, days[i]!.from), until: days[i]!.until };
}

/** A session in a row of its lane. */
export type Placed = Talk & { row: number };

/** Sessions of a window in rows, none over another; `rows` at most, what does not fit is left out. */
export function placedIn(
  { sessions = [] }: VenueFile,
  { from, until }: Pick<Window, 'from' | 'until'>,
  rows: number,
): Placed[] {
  const talks = sessions
    .map((talk) => ({
      title: talk.title,
      room: talk.room ?? '',
      from: instantOf(talk.from),
      until: instantOf(talk.until),
    }))
    .filter((talk) => talk.from < until && talk.until > from)
    .sort((a, b) => a.from - b.from || b.until - a.until);
  const ends: number[] = [];
  return talks.flatMap((talk) => {
    const free = ends.findIndex((end) => end <= talk.from);
    const row = free < 0 ? ends.length : free;
    if (row >= rows) return [];
    ends[row] = talk.until;
    return [{ ...talk, row }];
  });
}

import type { VenueFile } from '../../../services/model/venue.ts';
import { type DayRow, readTile } from '../../read/tiles.ts';
import { instantOf } from '../live/gateways.ts';
import { type Book, createBook, enter } from './book.ts';
import { createKept } from './kept.ts';

/** How the day beside follows the cursor: by the venue's clock, or from the beginning of the session with the same place. */
export const ALIGNS = ['clock', 'session'] as const;
export type Align = (typeof ALIGNS)[number];

const MINUTE_MS = 60_000;
/** Days that are kept, and clocks that differ by more are not of a clock change, min. */
const [BOOKS_MAX, CHANGE_MAX] = [4, 180];

/** The days beside, each a book that is read when it is first looked at; `changed` is told when one has come. */
export function createBeside(base: string, changed: () => void, read: typeof readTile = readTile) {
  const books = createKept<Book>(BOOKS_MAX, changed);
  return ({ day, revision, tag, from, until, address }: DayRow): Book | null =>
    books(`${day} ${revision} ${tag}`, async () => {
      const book = createBook(from, until, MINUTE_MS);
      enter(book, await read(base, address, MINUTE_MS));
      return book;
    });
}

/** The instant (UTC ms) of another day that belongs to one of this day. */
export function besideAt(at: number, day: DayRow, other: DayRow, align: Align, venue: VenueFile): number {
  const own = align === 'session' ? beginsOf(venue, day) : [];
  const theirs = align === 'session' ? beginsOf(venue, other) : [];
  const place = Math.max(
    0,
    own.findLastIndex((begin) => begin <= at),
  );
  const begin = theirs[Math.min(place, theirs.length - 1)];
  const moved = own.length > 0 && begin !== undefined ? begin + at - own[place]! : byClock(at, day, other, venue.zone);
  return Math.max(other.from, Math.min(other.until - 1, moved));
}

/** When the sessions of a day begin, each instant once, UTC ms. */
function beginsOf({ sessions = [] }: VenueFile, { from, until }: DayRow): number[] {
  const begins = sessions.map((session) => instantOf(session.from)).filter((begin) => begin >= from && begin < until);
  return [...new Set(begins)].sort((a, b) => a - b);
}

/** The same time of the other day; on the day of a clock change the hours after it are an hour off the distance to midnight. */
function byClock(at: number, day: DayRow, other: DayRow, zone: string): number {
  const moved = other.from + at - day.from;
  const off = minuteOf(at, zone) - minuteOf(moved, zone);
  return Math.abs(off) <= CHANGE_MAX ? moved + off * MINUTE_MS : moved;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function minuteOf(at: number, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  clocks.set(timeZone, clock);
  const [hour, minute] = clock.format(at).split(':').map(Number) as [number, number];
  return (hour % 24) * 60 + minute;
}

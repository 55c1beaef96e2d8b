import { advance, calmTime, type Line, parseLine, type Rooms } from '../model/line.ts';
import type { Presence } from '../model/presence.ts';
import type { Span } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';

const SECOND_MS = 1000;
/** A whole frame comes each minute. */
const WHOLE_MS = 61_000;

/** Told of each frame of a span, in the order of time, with its rooms in order; they change after it was told. */
export type EachFrame = (time: number, rooms: Rooms) => void;

/** Where days of the record are read. */
export type Records = Pick<AsSeen, 'texts' | 'days'>;

/** What the record says of a span: the presences that touch it, whole, and the days that were read. */
export type Seen = { presences: Presence[]; days: string[] };

/**
 * Folds the as-seen record: revision 0 of frames and presences, as they were shown. Each of its days stands for itself:
 * midnight ends every presence and begins it again. One that is open after the newest line has `until` null.
 */
export async function seen(record: Records, span: Span, each: EachFrame, signal?: AbortSignal): Promise<Seen> {
  const days = record.days(span);
  const newest = record.days().at(-1);
  const presences: Presence[] = [];
  const take = (presence: Presence) => {
    if (presence.from < span.until && (presence.until ?? Number.POSITIVE_INFINITY) > span.from)
      presences.push(presence);
  };
  for (const day of days) {
    const open = new Map<string, Presence>();
    let rooms: Rooms | null = null;
    let last = Number.NEGATIVE_INFINITY;
    for await (const text of record.texts(day)) {
      signal?.throwIfAborted();
      const calm = calmTime(text);
      // Rooms are known from the whole frame that comes within a minute before the span.
      if (calm !== null && (calm < span.from - WHOLE_MS || calm >= span.until)) {
        last = calm;
        continue;
      }
      const line = parseLine(text);
      // One that cannot be read, or is still being written: what comes after it is known from the next whole frame on.
      if (!line) {
        rooms = null;
        continue;
      }
      for (const ended of endedBy(open, line, last)) take(ended);
      for (const presence of line.began) open.set(presence.badge, presence);
      last = line.time;
      if (line.time >= span.until) continue;
      rooms = roomsAfter(rooms, line);
      if (rooms !== null && line.time >= span.from) each(line.time, rooms);
    }
    for (const presence of open.values()) take(day === newest ? presence : { ...presence, until: last + SECOND_MS });
  }
  return { presences, days };
}

/** The rooms after a line; null: they are not known before the next whole frame. */
export const roomsAfter = (rooms: Rooms | null, line: Line): Rooms | null =>
  rooms === null && !line.whole ? null : advance(rooms ?? new Map(), line);

/** Those that a line ends: where it goes on from no other, all that are open, with the second after the last line. */
export function* endedBy(open: Map<string, Presence>, { ended, anew }: Line, last: number): Generator<Presence> {
  for (const { badge, until, heard } of ended) {
    const presence = open.get(badge);
    if (!presence) continue;
    open.delete(badge);
    yield { ...presence, until, heard };
  }
  if (!anew) return;
  for (const presence of open.values()) yield { ...presence, until: last + SECOND_MS };
  open.clear();
}

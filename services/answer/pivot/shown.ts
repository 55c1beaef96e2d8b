import { parseLine, type Rooms } from '../../model/line.ts';
import type { Presence } from '../../model/presence.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { binsOf } from '../bins.ts';
import { createSeconds, type RoomSums } from '../seconds.ts';
import { endedBy, type Records, roomsAfter } from '../seen.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Days whose fold is kept at most: what no job has rolled yet. */
const DAYS_MAX = 4;

/** What was shown of a span: presences that touch it (one that goes on has `until` null), and the sums of its minutes. */
export type Shown = { presences: Presence[]; sums: RoomSums[] };
type Day = Span & { day: string };
/** What was shown of a day up to `known` (UTC ms), folded so far from its first `lines` lines. */
type Fold = {
  lines: number;
  known: number;
  last: number;
  rooms: Rooms | null;
  open: Map<string, Presence>;
  ended: Presence[];
  seconds: ReturnType<typeof createSeconds>;
};

/**
 * Keeps days of the record folded: a question reads only the lines that came since the one before, since what is in the record
 * is never changed. Spans are of whole minutes.
 */
export function createShown(record: Records) {
  const kept = new Map<string, Fold>();
  let turn: Promise<unknown> = Promise.resolve();
  const shownOf = async (day: Day, until: number, venue: Venue, signal?: AbortSignal): Promise<Fold> => {
    const key = `${venue.version} ${day.day}`;
    const held = kept.get(key) ?? newFold(day, venue);
    // What is asked of an earlier end is folded beside.
    const fold = held.known <= until ? held : newFold(day, venue);
    // Kept before it is done: where whoever asks leaves, the next goes on from there.
    kept.delete(key);
    kept.set(key, held);
    if (kept.size > DAYS_MAX) kept.delete(kept.keys().next().value!);
    await goOn(fold, record.texts(day.day, fold.lines), until, signal);
    return fold;
  };
  return {
    /** @param part of a day, from and until on whole minutes */
    async of(day: Day, part: Span, venue: Venue, signal?: AbortSignal): Promise<Shown> {
      // One question at a time folds on: a fold is in one place.
      const mine = turn.then(() => shownOf(day, part.until, venue, signal));
      turn = mine.catch(() => undefined);
      const { open, ended, seconds, last } = await mine;
      const isLast = record.days().at(-1) === day.day;
      const others = [...open.values()].map((one) => (isLast ? one : { ...one, until: last + SECOND_MS }));
      const presences = [...ended, ...others].filter(
        ({ from, until }) => from < part.until && (until ?? Number.POSITIVE_INFINITY) > part.from,
      );
      const sums = seconds.sums().filter(({ bin }) => bin.from >= part.from && bin.until <= part.until);
      return { presences, sums };
    },
  };
}

export const isOfMinutes = ({ from, until }: Span): boolean => from % MINUTE_MS === 0 && until % MINUTE_MS === 0;

const newFold = (day: Day, venue: Venue): Fold => ({
  lines: 0,
  known: day.from,
  last: Number.NEGATIVE_INFINITY,
  rooms: null,
  open: new Map(),
  ended: [],
  seconds: createSeconds(binsOf(day, '1m', venue.zone), venue),
});

/** Takes in the lines before `until` among those after the ones it has. A fold that was broken off goes on where it stopped. */
async function goOn(fold: Fold, texts: AsyncIterable<string>, until: number, signal?: AbortSignal): Promise<void> {
  let [at, isBroken] = [fold.lines, false];
  for await (const text of texts) {
    at += 1;
    signal?.throwIfAborted();
    const line = parseLine(text);
    // The last one may be half a line that is still being written: then it is whole the next time.
    isBroken ||= !line;
    if (!line) continue;
    if (line.time >= until) break;
    if (isBroken) fold.rooms = null;
    isBroken = false;
    fold.lines = at;
    fold.known = line.time + 1;
    fold.ended.push(...endedBy(fold.open, line, fold.last));
    for (const presence of line.began) fold.open.set(presence.badge, presence);
    fold.last = line.time;
    fold.rooms = roomsAfter(fold.rooms, line);
    if (fold.rooms) fold.seconds.add(line.time, fold.rooms);
  }
  fold.known = until;
}

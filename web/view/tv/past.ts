import { NoAnswer } from '../../read/ask.ts';
import { readTile } from '../../read/tiles.ts';
import { createHouse, type LiveHouse } from '../live/house.ts';
import type { LiveScene } from '../live/scene.ts';
import { type Book, createBook, enter, stepAt, UNREAD } from '../replay/book.ts';
import { type Loaded, load, MINUTE_MS, type Reads } from '../replay/load.ts';
import { replaySceneOf } from '../replay/scene.ts';
import { createUsual } from '../replay/usual.ts';

/** Whoever scrubs back on a wall and goes away leaves it to itself: it is live again after so long without a key, ms. */
const AWAY_MS = 600_000;
const [SECOND_MS, HOUR_MS] = [1000, 3_600_000];
/** Between two tries while nobody answers, ms. */
const AGAIN_MS = 5000;

/** Keys on a wall: how far they move the cursor, ms. */
const MOVES: Record<string, number> = {
  ArrowLeft: -MINUTE_MS,
  ArrowRight: MINUTE_MS,
  'Shift+ArrowLeft': -HOUR_MS,
  'Shift+ArrowRight': HOUR_MS,
  PageUp: -HOUR_MS,
  PageDown: HOUR_MS,
};

/**
 * What a wall shows of the past at its cursor (UTC ms): the picture of a second or of a minute, as it was `seen` or
 * `corrected`; that it is being read, or that nobody answers; that nothing is known of it.
 */
export type PastShown =
  | { kind: 'live' }
  | { kind: 'seen' | 'corrected'; scene: LiveScene; isMinute: boolean }
  | { kind: 'reading' | 'failed' | 'nothing'; at: number };

type Read = { loaded: Loaded; house: LiveHouse };
type Looks = Pick<LiveScene, 'layer' | 'chosen' | 'isTable'>;
type Second = ReturnType<typeof createSecond>['bookOf'];
type UsualOf = ReturnType<typeof createUsual>;
type First = { at: number | null; isCorrected: boolean };

/**
 * The past on a wall: `at` (UTC ms) is its cursor, null while the wall is live. Its first key reads the days that there are;
 * the end of what is known, Escape and End lead back to live.
 */
export function createPast(
  reads: Reads,
  { at: first, isCorrected }: First,
  changed: () => void,
  clock = () => performance.now(),
) {
  let at = first;
  let read: Read | null = null;
  let standing: 'reading' | 'failed' | 'nothing' = 'reading';
  let touched = clock();
  let reading: AbortController | null = null;
  const second = createSecond(reads, (isRead) => {
    standing = isRead ? 'reading' : 'failed';
    changed();
  });
  const usualOf = createUsual(reads.ask, changed);
  const stand = (next: typeof standing) => {
    standing = next;
    changed();
  };
  const begin = () => {
    if (reading) return;
    reading = new AbortController();
    const told = {
      changed(loaded: Loaded) {
        read = { loaded, house: read?.house ?? createHouse(loaded.venue) };
        stand('reading');
      },
      nothing: () => stand('nothing'),
      failed: () => stand('failed'),
    };
    void load({ since: null, at, isCorrected }, reads, told, reading.signal);
  };
  /** What was read is let go of: a wall stands for weeks. */
  const live = () => {
    at = null;
    reading?.abort();
    reading = null;
    read = null;
    second.forget();
    stand('reading');
  };
  if (at !== null) begin();
  return {
    /** A key that was pressed, with what time it is; true if it meant something. */
    press(key: string, now: number): boolean {
      touched = clock();
      if (at !== null && (key === 'Escape' || key === 'End')) {
        live();
        return true;
      }
      const by = MOVES[key];
      if (by === undefined || (at === null && by > 0)) return false;
      at = Math.floor(((at ?? now) + by) / MINUTE_MS) * MINUTE_MS;
      if (read) at = Math.max(read.loaded.book.from, at);
      if (at >= Math.min(now, read?.loaded.known ?? now)) live();
      else begin();
      changed();
      return true;
    },
    /** What is to be shown; of live nothing is told. */
    shown(looks: Looks): PastShown {
      if (at !== null && clock() - touched > AWAY_MS) live();
      if (at === null) return { kind: 'live' };
      return (read && pictureAt(at, read, looks, second.bookOf, usualOf)) ?? { kind: standing, at };
    },
  };
}

/** What there is of an instant in what is read; null until it is. */
function pictureAt(
  at: number,
  { loaded, house }: Read,
  looks: Looks,
  secondsOf: Second,
  usualOf: UsualOf,
): PastShown | null {
  const { book, known, stretch } = loaded;
  if (at < book.from || at >= known) return { kind: 'nothing', at };
  if (book.made[stepAt(book, at)] === UNREAD) return null;
  const isMinute = at % MINUTE_MS === 0 || book.rounded !== null;
  const fine = isMinute ? null : secondsOf(loaded, at);
  if (!isMinute && !fine) return null;
  const time = isMinute ? Math.floor(at / MINUTE_MS) * MINUTE_MS : at;
  const day = stretch.days.find(({ from, until }) => from <= time && time < until);
  const place = fine && { book: fine, step: stepAt(fine, at) };
  const scene = replaySceneOf(looks, house, book, time, place, usualOf(day));
  return { kind: day && day.revision > 0 ? 'corrected' : 'seen', scene, isMinute };
}

/** The minute of an instant by the second, read when it is asked for; `told` of what came, and of what did not. */
function createSecond({ base, pause, tile = readTile }: Reads, told: (isRead: boolean) => void) {
  let held: { from: number; book: Book | null } | null = null;
  const ask = async (address: string, of: { from: number; book: Book | null }) => {
    while (held === of && !of.book)
      try {
        const grid = await tile(base, address, SECOND_MS);
        of.book = createBook(of.from, of.from + MINUTE_MS, SECOND_MS);
        enter(of.book, grid);
        told(true);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        told(false);
        await pause(AGAIN_MS);
      }
  };
  return {
    /** Null until it is read. */
    bookOf({ stretch, known }: Loaded, at: number): Book | null {
      const from = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      if (held?.from === from) return held.book;
      const day = stretch.days.find((one) => one.from <= at && at < one.until)!;
      const until = Math.min(from + MINUTE_MS, day.until, known);
      held = { from, book: null };
      const part = `step=1&from=${from}&until=${until}&tag=${day.tag}`;
      void ask(`v1/tiles/frames/${day.day}?revision=${day.revision}&${part}`, held);
      return null;
    },
    forget() {
      held = null;
    },
  };
}

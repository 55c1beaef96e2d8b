import { createHouse, type LiveHouse } from '../live/house.ts';
import type { LiveScene } from '../live/scene.ts';
import { stepAt, UNREAD } from '../replay/book.ts';
import type { Loaded } from '../replay/load.ts';
import { load, MINUTE_MS, type Reads } from '../replay/load.ts';
import { replaySceneOf } from '../replay/scene.ts';

/** Whoever scrubs back on a wall and goes away leaves it to itself: it is live again after so long without a key, ms. */
const AWAY_MS = 600_000;
const HOUR_MS = 3_600_000;

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
 * The past on a wall: `at` (UTC ms) is its cursor, null while the wall is live. Its first key reads the days that there are;
 * the end of what is known, Escape and End lead back to live.
 */
export function createPast(reads: Reads, first: number | null, changed: () => void, clock = () => performance.now()) {
  let at = first;
  let read: { loaded: Loaded; house: LiveHouse } | null = null;
  let touched = clock();
  let reading: AbortController | null = null;
  const begin = () => {
    if (reading) return;
    reading = new AbortController();
    const told = {
      changed(loaded: Loaded) {
        read = { loaded, house: read?.house ?? createHouse(loaded.venue) };
        changed();
      },
      nothing: () => live(),
      failed: () => undefined,
    };
    void load({ since: null, at, isCorrected: false }, reads, told, reading.signal);
  };
  /** What was read is let go of: a wall stands for weeks. */
  const live = () => {
    at = null;
    reading?.abort();
    reading = null;
    read = null;
    changed();
  };
  if (at !== null) begin();
  return {
    /** Whether the wall is not live. */
    isOn: () => at !== null,
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
    /** The picture of the cursor; null while it is read, and while the wall is live. */
    scene(looks: Pick<LiveScene, 'layer' | 'chosen' | 'isTable'>): LiveScene | null {
      if (at !== null && clock() - touched > AWAY_MS) live();
      if (at === null || !read) return null;
      const { loaded, house } = read;
      const time = Math.max(loaded.book.from, Math.min(loaded.known - 1, at));
      return loaded.book.made[stepAt(loaded.book, time)] === UNREAD
        ? null
        : replaySceneOf(looks, house, loaded.book, time, null);
    },
  };
}

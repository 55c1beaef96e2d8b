/** Where the cursor is and how it moves; instants UTC ms. */
export type Cursor = { at: number; isPlaying: boolean };

export type Motion = {
  /** ms of the event in a ms of ours; negative is backwards */
  rate: number;
  /** what can be played, `until` excluded */
  from: number;
  until: number;
  /** what is played again and again; null is nothing */
  loop: { from: number; until: number } | null;
  /** where a moment without frames leads to, that way; itself where there are frames */
  past: (at: number, way: 1 | -1) => number;
};

/** The cursor after so many ms of ours. At an end it stops; in a loop it begins again. */
export function advance({ at, isPlaying }: Cursor, elapsedMs: number, motion: Motion): Cursor {
  if (!isPlaying) return { at, isPlaying };
  const way = motion.rate < 0 ? -1 : 1;
  const bounds = motion.loop ?? motion;
  const moved = motion.past(at + elapsedMs * motion.rate, way);
  const isIn = (time: number) => time >= bounds.from && time < bounds.until;
  if (isIn(moved)) return { at: moved, isPlaying };
  if (motion.loop) {
    const begin = way > 0 ? bounds.from : bounds.until - 1;
    const seen = motion.past(begin, way);
    return { at: isIn(seen) ? seen : begin, isPlaying };
  }
  return { at: way > 0 ? bounds.until - 1 : bounds.from, isPlaying: false };
}

/** How fast, in words: the event's time in a second of ours. */
export const SPEEDS = [
  { rate: 1, word: 'real time' },
  { rate: 10, word: '10 s/s' },
  { rate: 60, word: '1 min/s' },
  { rate: 300, word: '5 min/s' },
  { rate: 600, word: '10 min/s' },
  { rate: 1800, word: '30 min/s' },
] as const;
export const SPEED_DEFAULT = 60;

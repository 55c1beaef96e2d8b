/** A run of things of one size, `from` included, `until` not. */
export type Run = { from: number; until: number };

/** Beyond the edges this many are drawn, so that a fast hand meets no empty place. */
const AHEAD = 6;
/** The run moves in steps, so that not every pixel draws anew. */
const STEP = 4;

/** Which of `count` things of `size` px are drawn when `offset` px are scrolled and `length` px are seen. */
export function runOf(count: number, size: number, offset: number, length: number): Run {
  const first = Math.floor(offset / size) - AHEAD;
  const last = Math.ceil((offset + length) / size) + AHEAD;
  const from = Math.max(0, Math.floor(first / STEP) * STEP);
  return { from: Math.min(from, count), until: Math.min(count, Math.ceil(last / STEP) * STEP) };
}

/** Where to scroll so that a thing is wholly between what covers both ends, px; the offset itself where it is already. */
export function scrollFor(at: number, size: number, offset: number, length: number): number {
  const [start, end] = [at * size, (at + 1) * size];
  if (start < offset) return start;
  return end > offset + length ? end - length : offset;
}

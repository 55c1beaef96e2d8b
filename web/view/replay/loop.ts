import type { Loaded } from './load.ts';
import { MINUTE_MS } from './load.ts';

/** What is played again and again, UTC ms. */
export type Loop = { from: number; until: number };
type Known = { book: Pick<Loaded['book'], 'from' | 'until'>; known: number };

/** A new loop is so long before and after the cursor, ms. */
export const AROUND_MS = 30 * MINUTE_MS;

/** What of a loop is known; null where that is nothing. */
export function loopWithin(loop: Loop | null, { book, known }: Known): Loop | null {
  if (!loop) return null;
  const within = { from: Math.max(loop.from, book.from), until: Math.min(loop.until, known) };
  return within.from < within.until ? within : null;
}

/** From no loop to one around the cursor, from that to all there is, also what is still to come, and from that to none. */
export function nextLoop(loop: Loop | null, at: number, of: Known): Loop | null {
  const all = { from: of.book.from, until: of.book.until };
  if (!loop)
    return {
      from: wholeMinute(Math.max(all.from, at - AROUND_MS)),
      until: wholeMinute(Math.min(of.known, at + AROUND_MS)),
    };
  return isAll(loop, of) ? null : all;
}

export const isAll = (loop: Loop, { book, known }: Known): boolean => loop.from <= book.from && loop.until >= known;

export const wholeMinute = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

import { NoAnswer } from '../../read/ask.ts';
import { type Grid, readTile } from '../../read/tiles.ts';
import { type Book, createBook, enter, stepAt } from './book.ts';
import type { Stretch } from './days.ts';
import type { Place } from './rooms.ts';

const SECOND_MS = 1000;
/** Seconds are read in pieces of so many ms, and so many pieces are kept: an hour before and after the cursor. */
const [PIECE_MS, PIECES_MAX] = [900_000, 12];

/** The seconds around a cursor, read when they are asked for; `changed` is told when some have come. */
export function createFine(base: string, changed: () => void, read: typeof readTile = readTile) {
  const pieces = new Map<string, Book | null>();
  const ask = async (key: string, from: number, address: string) => {
    pieces.set(key, null);
    try {
      const grid: Grid = await read(base, address, SECOND_MS);
      const book = createBook(from, from + PIECE_MS, SECOND_MS);
      enter(book, grid);
      pieces.set(key, book);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // The minute is shown meanwhile; whoever comes by here again asks again.
      pieces.delete(key);
      return;
    }
    while (pieces.size > PIECES_MAX) pieces.delete(pieces.keys().next().value!);
    changed();
  };
  return {
    /** The second of an instant (UTC ms), if it is known; if not it is asked for, as far as `known`. */
    at({ days }: Stretch, known: number, at: number): Place | null {
      const from = Math.floor(at / PIECE_MS) * PIECE_MS;
      const day = days.find((one) => one.from <= at && at < one.until);
      const key = `${from} ${day?.revision}`;
      const piece = pieces.get(key);
      if (piece) {
        const step = stepAt(piece, at);
        return piece.made[step]! > 0 ? { book: piece, step } : null;
      }
      const [first, last] = [Math.max(from, day?.from ?? from), Math.min(from + PIECE_MS, day?.until ?? 0, known)];
      if (piece === undefined && day && first < last)
        void ask(
          key,
          from,
          `v1/tiles/frames/${day.day}?revision=${day.revision}&step=1&from=${first}&until=${last}&tag=${day.tag}`,
        );
      return null;
    },
  };
}

import { readTile } from '../../read/tiles.ts';
import { type Book, createBook, enter, stepAt, UNREAD } from './book.ts';
import type { Stretch } from './days.ts';
import { createKept } from './kept.ts';
import type { Place } from './rooms.ts';

const SECOND_MS = 1000;
/** Seconds are read in pieces of so many ms, and so many pieces are kept: an hour before and after the cursor. */
const [PIECE_MS, PIECES_MAX] = [900_000, 12];

/** The seconds around a cursor, read when they are asked for; `changed` is told when some have come. */
export function createFine(base: string, changed: () => void, read: typeof readTile = readTile) {
  const pieces = createKept<Book>(PIECES_MAX, changed);
  return {
    /** The second of an instant (UTC ms), with a frame or without, if it is read; if not it is asked for, as far as `known`. */
    at({ days }: Stretch, known: number, at: number): Place | null {
      const from = Math.floor(at / PIECE_MS) * PIECE_MS;
      const day = days.find((one) => one.from <= at && at < one.until);
      const [first, last] = [Math.max(from, day?.from ?? from), Math.min(from + PIECE_MS, day?.until ?? 0, known)];
      if (!day || first >= last) return null;
      const piece = pieces(`${from} ${last} ${day.revision}`, async () => {
        const book = createBook(from, from + PIECE_MS, SECOND_MS);
        const span = `from=${first}&until=${last}`;
        const address = `v1/tiles/frames/${day.day}?revision=${day.revision}&step=1&${span}&tag=${day.tag}`;
        enter(book, await read(base, address, SECOND_MS));
        return book;
      });
      const step = piece && stepAt(piece, at);
      return piece && step !== null && piece.made[step] !== UNREAD ? { book: piece, step } : null;
    },
  };
}

import { readTile } from '../../read/tiles.ts';
import { type Book, createBook, enter, stepAt, UNREAD } from './book.ts';
import type { Stretch } from './days.ts';
import { createKept } from './kept.ts';
import type { Place } from './rooms.ts';

const SECOND_MS = 1000;
/** Seconds are read in pieces of so many ms, and so many pieces are kept: an hour before and after the cursor. */
const [PIECE_MS, PIECES_MAX] = [900_000, 12];

/** Seconds that are read at once: what tells them from others, from when on (UTC ms), and their address. */
type Piece = { key: string; from: number; address: string };

/** The piece that an instant (UTC ms) lies in, as far as `known`; null where no day has it. */
export function pieceAt({ days }: Pick<Stretch, 'days'>, known: number, at: number): Piece | null {
  const from = Math.floor(at / PIECE_MS) * PIECE_MS;
  const day = days.find((one) => one.from <= at && at < one.until);
  const [first, last] = [Math.max(from, day?.from ?? from), Math.min(from + PIECE_MS, day?.until ?? 0, known)];
  if (!day || first >= last) return null;
  const span = `from=${first}&until=${last}`;
  const address = `v1/tiles/frames/${day.day}?revision=${day.revision}&step=1&${span}&tag=${day.tag}`;
  return { key: `${first} ${last} ${day.revision}`, from, address };
}

/** Reads the seconds of a piece. Throws `NoAnswer`. */
export async function readPiece(base: string, { from, address }: Piece, read: Reading = readTile): Promise<Book> {
  const book = createBook(from, from + PIECE_MS, SECOND_MS);
  enter(book, await read(base, address, SECOND_MS));
  return book;
}
type Reading = typeof readTile;

/** The second of an instant (UTC ms) in the book of its piece; null where it was not read. */
export function placeIn(book: Book, at: number): Place | null {
  const step = stepAt(book, at);
  return book.made[step] === UNREAD ? null : { book, step };
}

/** The seconds around a cursor, read when they are asked for; `changed` is told when some have come. */
export function createFine(base: string, changed: () => void, read: Reading = readTile) {
  const pieces = createKept<Book>(PIECES_MAX, changed);
  return {
    /** The second of an instant (UTC ms), with a frame or without, if it is read; if not it is asked for, as far as `known`. */
    at(stretch: Stretch, known: number, at: number): Place | null {
      const piece = pieceAt(stretch, known, at);
      const book = piece && pieces(piece.key, () => readPiece(base, piece, read));
      return book && placeIn(book, at);
    },
  };
}

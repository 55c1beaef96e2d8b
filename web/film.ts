import type { Film, FilmAsked, FilmMeans } from '../services/model/film.ts';
import { frameOf, titleOf } from './draw/film/frame.ts';
import { plain } from './draw/film/text.ts';
import { tokensOf } from './draw/film/tokens.ts';
import { floorsOf } from './draw/plan/floor.ts';
import { paletteOf } from './draw/plan/palette.ts';
import sheet from './look.css?raw';
import { createAsk } from './read/ask.ts';
import type { DemoAnswer } from './read/demo.ts';
import { readVenue } from './read/past.ts';
import { type DayRow, readDays, readTile } from './read/tiles.ts';
import { isSimulated } from './view/live/demo.ts';
import { createHouse } from './view/live/house.ts';
import { LAYERS, type Layer } from './view/live/room.ts';
import { type Book, createBook, enter, stepAt } from './view/replay/book.ts';
import { daysAs } from './view/replay/days.ts';
import { pieceAt, placeIn, readPiece } from './view/replay/fine.ts';
import type { Place } from './view/replay/rooms.ts';
import { replaySceneOf } from './view/replay/scene.ts';

export { LAYERS };

const MINUTE_MS = 60_000;

/**
 * Reads what a film shows. Each picture is a function of the instant and of what was read, of nothing else. Throws a
 * sentence where the span holds no day that can be replayed, or there is no such floor.
 */
export async function openFilm(asked: FilmAsked, { base, get, measure }: FilmMeans): Promise<Film> {
  const ask = createAsk(base, get, () => undefined);
  const { venue: row } = await readVenue(ask, Date.now);
  const { venue } = row;
  const isCorrected = asked.revision === 'corrected';
  const days = daysAs(await readDays(ask), isCorrected).filter(
    ({ from, until }) => from < asked.until && until > asked.from,
  );
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last)
    throw new RangeError(`expected a span of days that can be replayed, found none between ${spanWords(asked)}`);
  const book = createBook(first.from, last.until, MINUTE_MS);
  for (const { address } of days) enter(book, await readTile(base, address, MINUTE_MS, get));
  const house = createHouse(row);
  const token = tokensOf(sheet, asked.theme);
  const floors = floorsOf(venue, asked.width / asked.height, row.plans);
  const chosen = asked.floor === null ? floors : floors.filter(({ id }) => id === asked.floor);
  if (chosen.length === 0)
    throw new RangeError(`expected a floor: ${floors.map(({ id }) => id).join(', ')}; found ${asked.floor}`);
  const layer = asked.layer as Layer;
  const { body: told } = await ask<DemoAnswer>('v1/demo');
  const measured = (text: string, size: number, weight: number) => measure(plain(text), size, weight);
  const look = {
    ...{
      floors: chosen,
      palette: paletteOf(token),
      measure: measured,
      token,
      width: asked.width,
      height: asked.height,
    },
    title: asked.title ?? titleOf(venue.name ?? null, layer),
    bySecond: asked.bySecond,
    note: [isCorrected ? 'as corrected' : 'as seen', isSimulated(told) ? 'simulated' : ''].filter(Boolean).join(' · '),
  };
  const looks = { layer, chosen: null, isTable: false };
  const secondAt = createSeconds(days, { base, get });
  return {
    ...spanIn(book, asked),
    async svg(at) {
      const second = asked.bySecond ? await secondAt(at) : null;
      return frameOf(replaySceneOf(looks, house, book, at, second), look);
    },
    hasFrames: (at) => book.made[stepAt(book, at)]! > 0,
  };
}

/** The second of an instant, where there is one. What was read last is kept: a film goes forward. */
function createSeconds(days: DayRow[], { base, get }: Pick<FilmMeans, 'base' | 'get'>) {
  const known = days.at(-1)!.known;
  const read: typeof readTile = (at, address, stepMs) => readTile(at, address, stepMs, get);
  let held: { key: string; seconds: Book } | null = null;
  return async (at: number): Promise<Place | null> => {
    const piece = pieceAt({ days }, known, at);
    if (!piece) return null;
    if (held?.key !== piece.key) held = { key: piece.key, seconds: await readPiece(base, piece, read) };
    return placeIn(held.seconds, at);
  };
}

/** From the first to the last minute with a frame, within what is asked for. */
function spanIn(book: Book, { from, until }: FilmAsked): { from: number; until: number } {
  const first = book.made.findIndex((frames) => frames > 0);
  const last = book.made.findLastIndex((frames) => frames > 0);
  if (first < 0) throw new RangeError(`expected a span with frames, found none between ${spanWords({ from, until })}`);
  const ends = { from: book.from + first * MINUTE_MS, until: book.from + (last + 1) * MINUTE_MS };
  const span = { from: Math.max(from, ends.from), until: Math.min(until, ends.until) };
  if (span.from < span.until) return span;
  throw new RangeError(`expected a span with frames, found them only between ${spanWords(ends)}`);
}

const spanWords = ({ from, until }: { from: number; until: number }): string =>
  `${new Date(from).toISOString()} and ${new Date(until).toISOString()}`;

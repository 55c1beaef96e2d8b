import { type Ask, NoAnswer } from '../../read/ask.ts';
import type { ChangedVenue } from '../../read/live-rows.ts';
import { readVenue } from '../../read/past.ts';
import { type DayRow, type Grid, readDays, readReplay, readTile } from '../../read/tiles.ts';
import { type Book, createBook, enter } from './book.ts';
import { daysAs, type Stretch, stretchesOf, stretchFor } from './days.ts';

export const MINUTE_MS = 60_000;
/** Between two tries while nobody answers, and between two looks at a day that still grows, ms. */
const [AGAIN_MS, GROWS_MS] = [5000, 30_000];

/** What there is to replay, as far as it is read; `known`: where what is known ends (UTC ms, a whole minute). */
export type Loaded = {
  venue: ChangedVenue;
  stretches: Stretch[];
  stretch: Stretch;
  book: Book;
  known: number;
  /** days of the stretch that have been corrected */
  corrected: number;
};

export type Wanted = { since: string | null; at: number | null; isCorrected: boolean };

/** What is told: `venue` without a stretch is a house that has shown nothing yet. */
export type LoadTold = {
  changed(loaded: Loaded, progress: { read: number; of: number }): void;
  nothing(venue: ChangedVenue): void;
  failed(): void;
};

export type Reads = { ask: Ask; base: string; pause(ms: number): Promise<void>; tile?: typeof readTile };

/**
 * Reads the stretch that is wanted, the day that is looked at first, and goes on reading the day that grows, until
 * `signal` aborts. What gets no answer is asked for again.
 */
export async function load(wanted: Wanted, reads: Reads, told: LoadTold, signal: AbortSignal): Promise<void> {
  const { ask } = reads;
  const again = <T>(act: () => Promise<T>) => persistent(act, reads, told, signal);
  const { venue } = await again(() => readVenue(ask, Date.now));
  let { days, rounded } = await again(() => readReplay(ask));
  if (signal.aborted) return;
  while (days.length === 0 && !signal.aborted) {
    told.nothing(venue);
    await reads.pause(AGAIN_MS);
    ({ days, rounded } = await again(() => readReplay(ask)));
  }
  const stretches = stretchesOf(daysAs(days, wanted.isCorrected), venue.venue);
  const stretch = stretchFor(stretches, wanted.since, wanted.at);
  if (!stretch || signal.aborted) return;
  const loaded = openStretch(venue, stretches, stretch, { days, rounded });
  const order = inOrder(stretch.days, wanted.at);
  told.changed(loaded, { read: 0, of: order.length });
  for (const [i, day] of order.entries()) {
    const grid = await again(() => gridOf(reads, day.address));
    if (signal.aborted) return;
    enter(loaded.book, grid);
    told.changed(loaded, { read: i + 1, of: order.length });
  }
  const isMore = await grow(loaded, order.length, reads, told, signal);
  if (isMore) await load({ ...wanted, since: stretch.days.at(-1)!.day }, reads, told, signal);
}

function openStretch(
  venue: ChangedVenue,
  stretches: Stretch[],
  stretch: Stretch,
  { days, rounded }: { days: DayRow[]; rounded: number | null },
): Loaded {
  const [first, last] = [stretch.days[0]!, stretch.days.at(-1)!];
  const book = createBook(first.from, last.until, MINUTE_MS, rounded);
  const own = new Set(stretch.days.map(({ day }) => day));
  const corrected = new Set(days.filter(({ day, revision }) => revision > 0 && own.has(day)).map(({ day }) => day))
    .size;
  return { venue, stretches, stretch, book, known: wholeMinute(last.known), corrected };
}

const wholeMinute = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;

/** The day of an instant first (else the nearest, the newest where there is no instant), then those after it, then those before. */
function inOrder(days: DayRow[], at: number | null): DayRow[] {
  const found = days.findIndex(({ until }) => at !== null && at < until);
  const first = found < 0 ? days.length - 1 : found;
  return [...days.slice(first), ...days.slice(0, first).reverse()];
}

const gridOf = ({ base, tile = readTile }: Reads, address: string): Promise<Grid> => tile(base, address, MINUTE_MS);

/** Reads what has come since in the newest stretch. Resolves to true once a new day has begun: then the stretch is read anew. */
async function grow(loaded: Loaded, of: number, reads: Reads, told: LoadTold, signal: AbortSignal): Promise<boolean> {
  const newest = loaded.stretch.days.at(-1)!;
  while (!signal.aborted) {
    const last = loaded.stretch.days.at(-1)!;
    if (last.whole && loaded.stretches.at(-1) !== loaded.stretch) return false;
    await reads.pause(GROWS_MS);
    const days = await persistent(() => readDays(reads.ask), reads, told, signal);
    const now = days.find(({ day, revision }) => day === newest.day && revision === newest.revision);
    if (!now || signal.aborted) return false;
    const known = wholeMinute(now.known);
    if (known > loaded.known) {
      const address = `v1/tiles/frames/${now.day}?revision=${now.revision}&step=60&from=${loaded.known}&until=${known}`;
      const grid = await persistent(() => gridOf(reads, address), reads, told, signal);
      // Other days may be looked at by now.
      if (signal.aborted) return false;
      enter(loaded.book, grid);
      loaded.known = known;
      loaded.stretch.days[loaded.stretch.days.length - 1] = now;
      told.changed(loaded, { read: of, of });
    }
    if (days.at(-1)!.day > newest.day) return true;
  }
  return false;
}

async function persistent<T>(act: () => Promise<T>, { pause }: Reads, told: LoadTold, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (signal.aborted) return new Promise(() => undefined);
      told.failed();
      await pause(AGAIN_MS);
    }
  }
}

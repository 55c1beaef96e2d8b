import type { PivotQuery } from '../../model/pivot.ts';
import type { ColumnType } from '../../model/query.ts';
import { BINS_MAX } from '../bins.ts';
import { Refused } from '../refused.ts';
import type { Bins } from './bins-table.ts';
import { type Change, changesOf } from './coarser.ts';
import type { Key } from './keys.ts';
import { isByMinute, piecesOf } from './pieces.ts';
import { type Plan, planOf } from './plan.ts';
import type { Source } from './source.ts';
import { type Alike, apartIn, keysOf, type Level, levelsAsked, namedIn, neededBy, recordsOf } from './statement.ts';
import { TooFine } from './times.ts';
import { type Asked, connected, prepare, sourceOf, type Work, working } from './work.ts';

/** How large an answer will be: cells and totals, about so many bytes of JSON, and how many cells there may be. */
export type Size = { cells: number; bytes: number; limit: number };
/** A question that would fit, and what is different in it. */
export type Coarser = { words: string; query: PivotQuery; cells: number };

/** An answer that would be too large, with what could be asked instead. Nothing of it was computed. */
export class TooMany extends Refused {
  readonly size: Size;
  readonly coarser: Coarser[];
  constructor(size: Size, coarser: Coarser[]) {
    const expected = `${size.limit} cells and totals at most`;
    super([{ pointer: '/limit', expected, found: `about ${size.cells}` }]);
    this.size = size;
    this.coarser = coarser;
  }
}

/** Cells are counted by samples, which are a hundredth or two off: what is just above the limit is computed and then counted. */
const SLACK = 1.1;
/** So many coarser questions are offered, from so many tries. */
const OFFERS_MAX = 4;
const TRIES_MAX = 24;
/** If no single change is enough, so many are made at once at most. */
const DEEP_MAX = 3;
/** Characters of a value as JSON, about. */
const WIDTH: Record<ColumnType, number> = { text: 16, number: 8, integer: 8, boolean: 5, instant: 13, json: 64 };

/** About how many bytes of JSON so many cells are. */
export function sizeOf({ plan, limit }: Pick<Work, 'plan' | 'limit'>, cells: number): Size {
  const width = Object.entries(plan.shape).reduce((sum, [name, type]) => sum + name.length + 4 + WIDTH[type], 3);
  return { cells, bytes: cells * width, limit };
}

/** Steps so fine that there would be too many of them are told as cells: each has one at least, and no more steps are made than that. */
export const sizeOfFine = (work: Pick<Work, 'plan' | 'limit'>, { bins }: TooFine): Size => ({
  ...sizeOf(work, bins),
  limit: Math.min(work.limit, BINS_MAX),
});

/**
 * How large an answer would be, and where it is too large what could be asked instead. Nothing of it is computed. Throws
 * `Refused` where `pivot` would, for another reason than its size.
 */
export async function preflight(query: PivotQuery, asked: Asked): Promise<Size & { coarser: Coarser[] }> {
  const source = sourceOf(query);
  const plan = planOf(query, source, asked.venue);
  return working(query, source, plan, asked, async (work, end) => {
    const size = await sized(work);
    const coarser = size.cells > size.limit ? (await tooMany(work, size)).coarser : [];
    end();
    return { ...size, coarser };
  });
}

async function sized(work: Work): Promise<Size> {
  try {
    piecesOf(work);
    isByMinute(work, await prepare(work));
    return await sizeAbout(work);
  } catch (error) {
    if (error instanceof TooFine) return sizeOfFine(work, error);
    throw error;
  }
}

/** Records at most that are different in what has to be told apart. */
const TOLD_MAX = 200_000;

/**
 * Throws `TooMany`, before anything is computed, where there would be more cells than the question allows. Resolves to whether there
 * can be so few different records that it is worth adding up those that are alike first.
 */
export async function refuseLarge(work: Work, bins: Bins | null): Promise<Alike> {
  const names = await namesIn(work);
  const counts = keysOf(work.plan).map((key) => mostOf(key, work, bins, names));
  const most = levelsAsked(work.plan, true)
    .map((level) => level.reduce((product, i) => product * counts[i]!, 1))
    .reduce((sum, cells) => sum + cells, 0);
  if (most > work.limit) {
    const size = await sizeAbout(work);
    if (size.cells > size.limit * SLACK) throw await tooMany(work, size);
  }
  const apart = apartIn(work.plan).map((column) => mostOf(work.plan.given[column]!, work, bins, names));
  const product = (factors: number[]) => factors.reduce((all, count) => all * count, 1);
  const isTold = product([...counts, ...apart]) <= TOLD_MAX && work.plan.measures.every(({ told }) => told !== null);
  const untimed = counts.filter((_, i) => keysOf(work.plan)[i]!.timed === null);
  const isFew = product([bins?.blocks ?? 0, ...untimed, ...apart]) <= TOLD_MAX;
  return { isTold, isByBlock: isTold && isFew && isTimedByKeys(work.plan, work.source) };
}

/** Whether bins are asked for by keys alone, no filter and no measure, and a block is of one bin. */
function isTimedByKeys(plan: Plan, source: Source): boolean {
  return (
    keysOf(plan).some((key) => key.timed !== null) &&
    !Object.values(plan.given).some((key) => key.timed !== null) &&
    !plan.isTimeFiltered &&
    !plan.isBlockShared &&
    !neededBy(plan, source).has('sitting')
  );
}

export async function tooMany(work: Work, size: Size): Promise<TooMany> {
  return new TooMany(size, await coarserThan(work.query, work.source, (query) => fitting(work, query)));
}

/** How large another question about the same tables would be; null: it does not fit either. */
async function fitting(work: Work, query: PivotQuery): Promise<Size | null> {
  const { source, venue, opened, signal } = work;
  signal?.throwIfAborted();
  const plan = planOf(query, source, venue);
  return connected(opened, signal, async (connection) => {
    const size = await sized({ ...work, query, plan, connection });
    return size.cells <= size.limit ? size : null;
  });
}

/**
 * Cells and totals without computing a measure, off by a hundredth or two: a sketch, which may be a seventh off, says of how many of
 * them a sample is counted.
 */
async function sizeAbout(work: Work): Promise<Size> {
  const { query, plan, source, connection } = work;
  const levels = query.totals === false ? [keysOf(plan).map((_, i) => i)] : levelsAsked(plan, true);
  const counted = async (count: (level: Level, i: number) => string): Promise<number[]> => {
    const each = levels.map((level, i) => `${level.length === 0 ? '1' : count(level, i)} AS n${i}`).join(', ');
    const text = `WITH record AS (${recordsOf({ ...plan, inputs: {}, texts: [] }, source)}) SELECT ${each} FROM record`;
    return (await connection.runAndReadAll(text, namedIn(text, plan.values))).getRows()[0]!.map(Number);
  };
  const sketched = await counted((level) => `approx_count_distinct(${hashOf(level)})`);
  const cells = await counted((level, i) => sampled(level, sketched[i]!));
  return sizeOf(
    work,
    cells.reduce((sum, count) => sum + count, 0),
  );
}

const hashOf = (level: Level): string => `hash(${level.map((i) => `k${i}`).join(', ')})`;

/** Fewer than twice as many are counted one by one; of more every second, fourth, eighth … by their hash. */
const SAMPLE = 8192;
function sampled(level: Level, about: number): string {
  const every = 2 ** Math.max(0, Math.floor(Math.log2(about / SAMPLE)));
  return `count(DISTINCT ${hashOf(level)}) FILTER (${hashOf(level)} % ${every} = 0) * ${every}`;
}

/** How many texts there are that are kept as codes: no field of such has more values. */
async function namesIn({ plan, connection }: Work): Promise<number> {
  if (![...keysOf(plan), ...Object.values(plan.given)].some(({ words }) => words === 'name')) return 0;
  return Number((await connection.runAndReadAll('SELECT count(*) FROM name')).getRows()[0]![0]);
}

/** How many values a field has at most; Infinity where it may have any number. */
function mostOf({ timed, words, most }: Key, { plan, venue }: Work, bins: Bins | null, names: number): number {
  if (timed === null) return words === 'name' ? names + 1 : most;
  if (words === 'title' || words === 'session') return (venue.file.sessions?.length ?? 0) + 1;
  const slot = plan.timed.findIndex(({ part, width }) => part === timed.part && width === timed.width);
  return bins?.values[slot] ?? 0;
}

/** The mildest change of each field that makes a question fit; where none is enough alone, of several. */
async function coarserThan(
  query: PivotQuery,
  source: Source,
  fits: (query: PivotQuery) => Promise<Size | null>,
): Promise<Coarser[]> {
  let tries = 0;
  const mildest = async (changes: Change[]): Promise<Coarser | null> => {
    for (const { words, query: other } of changes) {
      if (tries++ >= TRIES_MAX) return null;
      const size = await fits(other);
      if (size) return { words, query: other, cells: size.cells };
    }
    return null;
  };
  let [base, before] = [query, ''];
  for (let depth = 0; depth < DEEP_MAX; depth++) {
    const offers: Coarser[] = [];
    for (const changes of changesOf(base, source)) {
      const offer = await mildest(changes);
      if (offer) offers.push({ ...offer, words: before + offer.words });
    }
    if (offers.length > 0) return offers.sort((a, b) => b.cells - a.cells).slice(0, OFFERS_MAX);
    const [first] = changesOf(base, source);
    if (!first) return [];
    base = first.at(-1)!.query;
    before += `${first.at(-1)!.words}, `;
  }
  return [];
}

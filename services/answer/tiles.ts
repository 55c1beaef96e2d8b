import { COVERAGES } from '../model/frame.ts';
import type { Normal } from '../model/normal.ts';
import type { Columns, Query } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import { openMemory } from '../store/database.ts';
import type { Row } from '../store/rows.ts';
import { askedSeconds } from './asked-seconds.ts';
import { readBaseline } from './baseline.ts';
import { binsOf, stepMs } from './bins.ts';
import { type FrameTables, secondsFor } from './frames.ts';
import { areOfMinutes, minuteSums } from './minute-sums.ts';
import { Refused } from './refused.ts';
import { type Read, readingOf } from './revisions.ts';
import { closedMinutes, refuseFiner } from './rounded.ts';
import type { RoomSums } from './seconds.ts';
import { seen } from './seen.ts';
import { type Ended, spanSeen } from './span.ts';

/** Cells of a tile at most: a room in a step is one. A day of 200 rooms by the minute has 288,000. */
const CELLS_MAX = 300_000;

/**
 * A tile is a grid, room after room, step after step: a room that did not exist in a step has a row without values. Whole
 * numbers all: sums over the seconds of the step, so that any coarser step is made of them exactly.
 */
export const TILE_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  /** seconds that have a frame with the room */
  frames: 'integer',
  /** badge-seconds of those who count; null where nothing measures */
  present: 'integer',
  /** tenths of a clap */
  claps: 'integer',
  /** hundredths of a degree: the mean of the seconds that had one */
  temperature: 'integer',
  /** place in `COVERAGES` of the state that held longest */
  coverage: 'integer',
  /** the fewest gateways that spoke and heard */
  gateways: 'integer',
  /** beyond them the count is unusual, in tenths */
  low: 'integer',
  high: 'integer',
};

/** A tile: its rows, the revision of each day it was read from, from what, and the span that there is (UTC ms). */
export type TileFound = { rows: Row[]; revisions: { day: string; revision: number }[]; readFrom: string; span: Ended };

/**
 * The grid of a span, each day by its revision: whole minutes of a day that jobs have made come from their Parquet, all else
 * from the as-seen record; finer steps of a corrected day are made on asking. Bounds are what the frames carried, else
 * that of the day's baseline. Throws `Refused` where it would have more than `CELLS_MAX` cells.
 */
export async function tileRows(query: Query, from: FrameTables, signal?: AbortSignal): Promise<TileFound> {
  const { step = '1m', revision = 'latest' } = query;
  const venue = from.venue();
  if (from.rounding) refuseFiner(query);
  const shown = spanSeen(query.span, from, venue.zone);
  const span = from.rounding ? closedMinutes(shown) : shown;
  const cells = Math.ceil((span.until - span.from) / stepMs(step)) * venue.rooms.length;
  if (cells > CELLS_MAX)
    throw new Refused([
      { pointer: '/step', expected: `a tile of ${CELLS_MAX} cells at most`, found: `${step}: ${cells} cells` },
    ]);
  const isEmpty = span.from >= span.until;
  const bins = isEmpty ? [] : binsOf(span, step, venue.zone);
  const reads = isEmpty ? [] : readingOf(span, venue.zone, revision, from);
  const sums: RoomSums[] = [];
  const sources = new Set<string>();
  for (const read of reads) {
    const part = { from: Math.max(read.from, span.from), until: Math.min(read.until, span.until) };
    const own = bins.filter((bin) => bin.from >= part.from && bin.from < part.until);
    const found = await sumsOf(from, read, part, own, signal);
    sources.add(found.readFrom);
    sums.push(...(await withUsual(from.house, read.day, found.sums)));
  }
  return {
    rows: gridOf(sums, bins, venue.rooms),
    revisions: reads.filter(({ from_ }) => from_ !== 'nothing').map(({ day, revision }) => ({ day, revision })),
    readFrom: [...sources].sort().join(', ') || 'as-seen record',
    span,
  };
}

/** What is known of a part of a day by step: the one place where tiles get their sums from. */
async function sumsOf(
  from: FrameTables,
  read: Read,
  part: Ended,
  bins: Span[],
  signal?: AbortSignal,
): Promise<{ sums: RoomSums[]; readFrom: string }> {
  if (read.from_ === 'files' && areOfMinutes(bins))
    return { sums: await minuteSums(from.house!, read.frames, bins), readFrom: 'minute frames' };
  const seconds = secondsFor(from, bins);
  if (read.from_ !== 'files' || read.revision === 0) {
    await seen(from.record, part, seconds.add, signal);
    return { sums: seconds.sums(), readFrom: from.rounding ? 'rounded minutes as seen' : 'as-seen record' };
  }
  const memory = await openMemory(from.house);
  try {
    const opened = { ...from, connection: memory.connection, file: read.presences };
    await askedSeconds(opened, from.venue(), part, seconds.add, signal);
    return { sums: seconds.sums(), readFrom: 'observations, presences' };
  } finally {
    memory.close();
  }
}

/** Sums that say nothing of a band get that of the day's baseline, which only knows of days before. */
async function withUsual(house: string | null, day: string, sums: RoomSums[]): Promise<RoomSums[]> {
  if (house === null || sums.every(({ usual }) => usual.seconds > 0)) return sums;
  const normals = new Map<string, Normal[]>();
  for (const row of (await readBaseline(house, day))?.rows ?? [])
    normals.set(row.room, [...(normals.get(row.room) ?? []), row]);
  return sums.map((one) => {
    const { room, bin, usual, frames } = one;
    if (usual.seconds > 0 || frames === 0) return one;
    const normal = normals.get(room)?.find(({ from, until }) => from <= bin.from && bin.from < until);
    if (!normal) return one;
    return { ...one, usual: { low: Math.round(normal.low * 10), high: Math.round(normal.high * 10), seconds: 1 } };
  });
}

/** A room that the venue no longer has is not in the grid. */
function gridOf(sums: RoomSums[], bins: Span[], rooms: string[]): Row[] {
  const byRoom = new Map<string, Map<number, RoomSums>>(rooms.map((room) => [room, new Map()]));
  for (const one of sums) byRoom.get(one.room)?.set(one.bin.from, one);
  return rooms.flatMap((room) =>
    bins.map(({ from }): Row => {
      const one = byRoom.get(room)!.get(from);
      return { room, time: from, ...(one ? cellOf(one) : NOTHING) };
    }),
  );
}

const NOTHING = {
  frames: 0,
  present: null,
  claps: null,
  temperature: null,
  coverage: null,
  gateways: null,
  low: null,
  high: null,
};

function cellOf(sums: RoomSums): Omit<Row, 'room' | 'time'> {
  const { frames, present, claps, temperature, felt, usual, heard } = sums;
  const held = sums.coverage.with(COVERAGES.indexOf('gap'), sums.gap);
  const measured = frames - held[COVERAGES.indexOf('unmeasured')]!;
  const mean = (sum: number) => (usual.seconds > 0 ? Math.round(sum / usual.seconds) : null);
  return {
    frames,
    present: measured > 0 ? present : null,
    claps: frames > 0 ? claps : null,
    temperature: felt > 0 ? Math.round(temperature / felt) : null,
    // The worse on a tie: `COVERAGES` goes from the worst to the best.
    coverage: held.indexOf(Math.max(...held)),
    gateways: frames > 0 && Number.isFinite(heard) ? heard : null,
    low: mean(usual.low),
    high: mean(usual.high),
  };
}

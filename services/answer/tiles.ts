import { COVERAGES } from '../model/frame.ts';
import type { Columns } from '../model/query.ts';
import type { Span, Venue } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row } from '../store/rows.ts';
import { binsOf, stepMs } from './bins.ts';
import { Refused } from './refused.ts';
import { createSeconds, type RoomSums } from './seconds.ts';
import { seen } from './seen.ts';

/** Cells of a tile at most: a room in a step is one. A day of 200 rooms by the minute has 288,000. */
export const CELLS_MAX = 300_000;

/**
 * A tile is a grid, room after room, step after step: a room that did not exist in a step has a row without values. Whole
 * numbers all: sums over the seconds of the step, so that any coarser step is made of them exactly.
 */
export const TILE_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  /** seconds that have a frame with the room */
  frames: 'number',
  /** badge-seconds of those who count; null where nothing measures */
  present: 'number',
  /** tenths of a clap */
  claps: 'number',
  /** hundredths of a degree: the mean of the seconds that had one */
  temperature: 'number',
  /** place in `COVERAGES` of the state that held longest */
  coverage: 'number',
  /** the fewest gateways that spoke and heard */
  gateways: 'number',
  /** the usual band of the count, in tenths */
  low: 'number',
  high: 'number',
};

/** What is known of a span by step, in whole steps: the one place where tiles get their sums from. */
async function sumsOf(
  record: AsSeen,
  venue: Venue,
  span: Span,
  bins: Span[],
  signal?: AbortSignal,
): Promise<{ sums: RoomSums[]; days: string[] }> {
  const seconds = createSeconds(bins, venue);
  const { days } = await seen(record, span, seconds.add, signal);
  return { sums: seconds.sums(), days };
}

/**
 * The grid of a span as it was seen (UTC ms, until excluded; no later than the end of the record). Throws `Refused` when it
 * would have more than `CELLS_MAX` cells.
 */
export async function tileRows(
  record: AsSeen,
  venue: Venue,
  span: Span,
  step: string,
  signal?: AbortSignal,
): Promise<{ rows: Row[]; days: string[] }> {
  const cells = Math.ceil((span.until - span.from) / stepMs(step)) * venue.rooms.length;
  if (cells > CELLS_MAX)
    throw new Refused([
      { pointer: '/step', expected: `a tile of ${CELLS_MAX} cells at most`, found: `${step}: ${cells} cells` },
    ]);
  const bins = span.from < span.until ? binsOf(span, step, venue.zone) : [];
  const { sums, days } = await sumsOf(record, venue, span, bins, signal);
  return { rows: gridOf(sums, bins, venue.rooms), days };
}

function gridOf(sums: RoomSums[], bins: Span[], rooms: string[]): Row[] {
  const byRoom = new Map<string, Map<number, RoomSums>>(rooms.map((room) => [room, new Map()]));
  for (const one of sums) byRoom.get(one.room)!.set(one.bin.from, one);
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
    gateways: frames > 0 ? heard : null,
    low: mean(usual.low),
    high: mean(usual.high),
  };
}

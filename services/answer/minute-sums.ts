import { COVERAGES } from '../model/frame.ts';
import type { Span } from '../model/venue.ts';
import { openMemory } from '../store/database.ts';
import { rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import type { RoomSums } from './seconds.ts';

const MINUTE_MS = 60_000;

/** A row of minute frames: sums of a room over a minute. Columns that its file does not have are null. */
type Told = Record<'room', string> &
  Record<'minute' | 'frames' | 'gap' | 'present' | 'peak' | 'parked' | 'claps' | 'temperature' | 'felt', number> &
  Record<'unmeasured' | 'silent' | 'deaf' | 'thin' | 'good', number> &
  Record<'heard' | 'low' | 'high' | 'usual', number | null>;

/** Whether every bin, cut at the ends of a span (UTC ms), is of whole minutes. */
export const areOfMinutes = (bins: Span[]): boolean =>
  bins.every(({ from, until }) => from % MINUTE_MS === 0 && until % MINUTE_MS === 0);

/**
 * What a file of minute frames says of each room in each bin; bins are of whole minutes, in order, and do not overlap.
 * `house` is the folder of what is derived.
 */
export async function minuteSums(house: string, file: string, bins: Span[]): Promise<RoomSums[]> {
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return [];
  const memory = await openMemory(house);
  try {
    await memory.connection.run(sql(import.meta.url, 'tile_table'));
    const values = { file, from: BigInt(first.from) * 1000n, until: BigInt(last.until) * 1000n };
    await memory.connection.run(sql(import.meta.url, 'tile_read'), values);
    const sums = bins.map(() => new Map<string, RoomSums>());
    // Seconds without any frame are those of the bin, whether its rooms were there all the time or not.
    const gaps = bins.map(() => new Map<number, number>());
    let at = 0;
    for await (const rows of rowsOf(await memory.connection.stream(sql(import.meta.url, 'tile_minutes'))))
      for (const row of rows as Told[]) {
        while (at < bins.length && row.minute >= bins[at]!.until) at += 1;
        const bin = bins[at]!;
        gaps[at]!.set(row.minute, row.gap);
        const before = sums[at]!.get(row.room);
        sums[at]!.set(row.room, before ? added(before, sumsOf(row, bin)) : sumsOf(row, bin));
      }
    const gapOf = (i: number) => [...gaps[i]!.values()].reduce((sum, seconds) => sum + seconds, 0);
    return sums.flatMap((of, i) => [...of.values()].map((one) => ({ ...one, gap: gapOf(i) })));
  } finally {
    memory.close();
  }
}

function sumsOf(row: Told, bin: Span): RoomSums {
  const { room, frames, gap, present, peak, parked, claps, temperature, felt } = row;
  const held = { ...row, gap: 0 };
  return {
    ...{ room, bin, frames, gap, present, peak, parked, claps, temperature, felt },
    coverage: COVERAGES.map((state) => held[state]),
    usual: { low: row.low ?? 0, high: row.high ?? 0, seconds: row.usual ?? 0 },
    heard: row.heard ?? Number.POSITIVE_INFINITY,
  };
}

function added(a: RoomSums, b: RoomSums): RoomSums {
  const { usual } = a;
  return {
    room: a.room,
    bin: a.bin,
    frames: a.frames + b.frames,
    gap: a.gap,
    present: a.present + b.present,
    peak: Math.max(a.peak, b.peak),
    parked: a.parked + b.parked,
    claps: (a.claps ?? 0) + (b.claps ?? 0),
    temperature: a.temperature + b.temperature,
    felt: a.felt + b.felt,
    coverage: a.coverage.map((seconds, i) => seconds + b.coverage[i]!),
    usual: {
      low: usual.low + b.usual.low,
      high: usual.high + b.usual.high,
      seconds: usual.seconds + b.usual.seconds,
    },
    heard: Math.min(a.heard, b.heard),
  };
}

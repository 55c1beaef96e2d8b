import { type DuckDBAppender, DuckDBTimestampValue } from '@duckdb/node-api';
import { fileOf, type Part, readParts } from '../ledger/manifest.ts';
import type { Coverage } from '../model/frame.ts';
import { COVERAGES } from '../model/frame.ts';
import type { Rooms } from '../model/line.ts';
import type { Span } from '../model/venue.ts';
import type { Memory } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import { sql } from '../store/sql.ts';
import { seen } from './seen.ts';

type Connection = Memory['connection'];

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** Makes the table `minutes`. */
export const openMinutes = async (connection: Connection): Promise<void> => {
  await connection.run(sql(import.meta.url, 'minutes_table'));
};

export const appendInstant = (appender: DuckDBAppender, ms: number): void =>
  appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(ms)) * 1000n));

/** Takes in the newest revision of each day of a span (UTC ms) that has minute frames. Resolves to those parts. */
export async function readMinutes(connection: Connection, house: string, span: Span): Promise<Part[]> {
  const parts = newestIn(house, span);
  for (const part of parts)
    await connection.run(sql(import.meta.url, 'minutes_read'), { file: fileOf(house, 'frames', part) });
  return parts;
}

/** The newest revision of each day of a span (UTC ms) that has minute frames. */
export function newestIn(house: string, { from, until }: Span): Part[] {
  const newest = new Map<string, Part>();
  for (const part of readParts(house, 'frames'))
    if (part.span.from < until && part.span.until > from) newest.set(part.day, part);
  return [...newest.values()];
}

/** Sums of a room over the frames of one minute. */
type Sums = {
  room: string;
  peopleMs: number;
  seconds: number;
  claps: number;
  centi: number;
  felt: number;
  held: number[];
};

/** Takes in the minutes of a span as they were seen, folded from the record: for a day that is not rolled yet. */
export async function seeMinutes(
  connection: Connection,
  record: Pick<AsSeen, 'texts' | 'days' | 'last'>,
  span: Span,
  signal?: AbortSignal,
): Promise<void> {
  const appender = await connection.createAppender('minutes');
  let minute = Number.NEGATIVE_INFINITY;
  let sums = new Map<string, Sums>();
  const put = () => {
    for (const one of sums.values()) appendMinute(appender, minute, one);
    sums = new Map();
  };
  const each = (time: number, rooms: Rooms) => {
    const now = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    if (now !== minute) put();
    minute = now;
    for (const [room, frame] of rooms) {
      const one = sums.get(room) ?? newSums(room);
      sums.set(room, one);
      one.peopleMs += (frame.occupancy ?? 0) * SECOND_MS;
      one.seconds += 1;
      one.claps += Math.round(frame.claps * 10);
      one.held[COVERAGES.indexOf(frame.coverage)]! += 1;
      if (frame.temperature === null) continue;
      one.centi += Math.round(frame.temperature * 100);
      one.felt += 1;
    }
  };
  await seen(record as AsSeen, span, each, signal);
  put();
  appender.closeSync();
}

const newSums = (room: string): Sums => ({
  room,
  peopleMs: 0,
  seconds: 0,
  claps: 0,
  centi: 0,
  felt: 0,
  held: COVERAGES.map(() => 0),
});

function appendMinute(appender: DuckDBAppender, minute: number, sums: Sums): void {
  const good = sums.held[COVERAGES.indexOf('good')]!;
  appender.appendVarchar(sums.room);
  appendInstant(appender, minute);
  appender.appendBigInt(BigInt(sums.peopleMs));
  appender.appendInteger(sums.seconds);
  appender.appendBigInt(BigInt(sums.claps));
  appender.appendBigInt(BigInt(sums.centi));
  appender.appendInteger(sums.felt);
  appender.appendVarchar(longest(sums.held));
  appender.appendBoolean(2 * good > MINUTE_MS / SECOND_MS);
  appender.endRow();
}

/** `COVERAGES` goes from the worst to the best. */
const longest = (held: number[]): Coverage => COVERAGES[held.indexOf(Math.max(...held))]!;

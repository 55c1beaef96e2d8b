import { Temporal } from 'temporal-polyfill';
import { newestIn, openMinutes, readMinutes, seeMinutes } from '../services/answer/minutes.ts';
import type { Part } from '../services/ledger/manifest.ts';
import { readMarks } from '../services/ledger/marks.ts';
import { type Ahead, aheadIn } from '../services/model/ahead.ts';
import type { Mark } from '../services/model/anomaly.ts';
import type { Day } from '../services/model/day.ts';
import type { Span } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';
import { chaptersOf, fillChapters } from './chapters.ts';
import { LOOKBACK_DAYS, learn, openDetector, stepOf } from './detector.ts';
import type { Bench } from './job.ts';

/** Days before one that its judgement reads: those of its baseline, and as many as recent memory may hold. */
export const BACK_DAYS = LOOKBACK_DAYS + 21;

/** What was measured on the days before one: the tables `minutes`, `reading`, `chapter`, `zone`. */
export type Past = {
  connection: Memory['connection'];
  ahead: Ahead[];
  /** the parts of `frames` that were read */
  parts: Part[];
};

/** Readings of a day and of all that teaches it, learnt from; a day without a part of its own is what was seen of it. */
export type Learnt = Past;

/**
 * Reads the minute frames of a day (unless only its baseline is wanted) and of the days before it, and learns what is normal
 * in each slot of them: the tables `reading`, `placed`, `teaching`.
 */
export async function learnFor(day: Day, bench: Bench, withDay: boolean): Promise<Learnt> {
  const { connection } = await bench.database();
  const past = await readPast(connection, day, bench, await readMarks(bench.ledger));
  if (withDay) past.parts.push(...(await readDay(past, day, bench)));
  await learn(connection, stepOf());
  return past;
}

/** How far back a day is judged by, up to its end. */
const spanFor = (day: Day, zone: string): Span => ({
  from: Temporal.PlainDate.from(day.day).subtract({ days: BACK_DAYS }).toZonedDateTime(zone).epochMilliseconds,
  until: day.until,
});

/** What the past of a day is made of: it is the same as long as this is. */
export const pastKey = (day: Day, { house, venue }: Pick<Bench, 'house' | 'venue'>, marks: Mark[]): string => {
  const parts = newestIn(house, { ...spanFor(day, venue.zone), until: day.from });
  return JSON.stringify([day, venue.version, marks, parts.map(({ sha256 }) => sha256)]);
};

export async function readPast(
  connection: Memory['connection'],
  day: Day,
  { venue, house }: Pick<Bench, 'venue' | 'house'>,
  marks: Mark[],
): Promise<Past> {
  const span = spanFor(day, venue.zone);
  const ahead = aheadIn(span, venue.zone);
  await openDetector(connection, ahead);
  await openMinutes(connection);
  await fillChapters(connection, chaptersOf(venue, marks, span));
  const parts = await readMinutes(connection, house, { ...span, until: day.from });
  await takeReadings(connection, span);
  return { connection, ahead, parts };
}

/** The minutes of the day itself, of its part or as they were seen. Resolves to its part, if there is one. */
export async function readDay({ connection }: Past, day: Day, { house, record, signal }: Bench): Promise<Part[]> {
  const parts = await readMinutes(connection, house, day);
  if (parts.length === 0) await seeMinutes(connection, record, day, signal);
  await takeReadings(connection, day);
  return parts;
}

const takeReadings = (connection: Memory['connection'], { from }: Span) =>
  connection.run(sql(import.meta.url, 'readings'), { from: BigInt(from) * 1000n });

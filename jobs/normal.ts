import { Temporal } from 'temporal-polyfill';
import { openMinutes, readMinutes, seeMinutes } from '../services/answer/minutes.ts';
import type { Part } from '../services/ledger/manifest.ts';
import { readMarks } from '../services/ledger/marks.ts';
import { type Ahead, aheadIn } from '../services/model/ahead.ts';
import type { Day } from '../services/model/day.ts';
import type { Span } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';
import { chaptersOf, fillChapters } from './chapters.ts';
import { LOOKBACK_DAYS, learn, openDetector, stepOf } from './detector.ts';
import type { Bench } from './job.ts';

/** Days before one that its judgement reads: those of its baseline, and as many as recent memory may hold. */
export const BACK_DAYS = LOOKBACK_DAYS + 21;

/** Readings of a day and of all that teaches it, learnt from. */
export type Learnt = {
  connection: Memory['connection'];
  ahead: Ahead[];
  /** the parts of `frames` that were read; of a day without one what was seen of it */
  parts: Part[];
};

/**
 * Reads the minute frames of a day (unless only its baseline is wanted) and of the days before it, and learns what is normal
 * in each slot of them: the tables `reading`, `placed`, `teaching`.
 */
export async function learnFor(day: Day, bench: Bench, withDay: boolean): Promise<Learnt> {
  const { venue, house } = bench;
  const start = Temporal.PlainDate.from(day.day).subtract({ days: BACK_DAYS }).toZonedDateTime(venue.zone);
  const span: Span = { from: start.epochMilliseconds, until: day.until };
  const { connection } = await bench.database();
  const ahead = aheadIn(span, venue.zone);
  await openDetector(connection, ahead);
  await openMinutes(connection);
  await fillChapters(connection, chaptersOf(venue, await readMarks(bench.ledger), span));
  const parts = await readMinutes(connection, house, { ...span, until: withDay ? day.until : day.from });
  const isRolled = parts.some((part) => part.day === day.day);
  if (withDay && !isRolled) await seeMinutes(connection, bench.record, day, bench.signal);
  await connection.run(sql(import.meta.url, 'readings'));
  await learn(connection, stepOf());
  return { connection, ahead, parts };
}

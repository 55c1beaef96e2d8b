import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { Columns } from '../model/query.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row } from '../store/rows.ts';

/** A day of the record: its bounds, whether more can come, and what tells its content from another's. */
export const DAY_COLUMNS: Columns = {
  day: 'text',
  from: 'instant',
  until: 'instant',
  /** the end of the newest frame; of a day that has ended its end */
  known: 'instant',
  revision: 'number',
  whole: 'boolean',
  /** changes with whatever the day's tiles hold */
  tag: 'text',
};

const SECOND_MS = 1000;
/** Characters of a hash that tell one day from another. */
const TAG = 12;

/** The days that were seen, in order. */
export async function dayRows(record: AsSeen, zone: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const day of record.days()) {
    const start = Temporal.PlainDate.from(day).toZonedDateTime(zone);
    const until = start.add({ days: 1 }).epochMilliseconds;
    const known = Math.min(until, record.last + SECOND_MS);
    rows.push({
      day,
      from: start.epochMilliseconds,
      until,
      known,
      revision: 0,
      whole: known === until,
      tag: await tagOf(record, day, known),
    });
  }
  return rows;
}

/** By its first line, since the record is never changed: only a house that was emptied can have the same day anew. */
async function tagOf(record: AsSeen, day: string, known: number): Promise<string> {
  for await (const line of record.texts(day))
    return createHash('sha256').update(line).update(String(known)).digest('hex').slice(0, TAG);
  return '';
}

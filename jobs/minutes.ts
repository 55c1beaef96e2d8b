import { type DuckDBAppender, DuckDBTimestampValue } from '@duckdb/node-api';
import { binsOf } from '../services/answer/bins.ts';
import { appendSums, fill } from '../services/answer/fill.ts';
import { createSeconds, type RoomSums, type Seconds } from '../services/answer/seconds.ts';
import type { Day } from '../services/model/day.ts';
import type { Venue } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';

/** The sums of a day by room and minute. */
export const minutesOf = (day: Day, venue: Venue): Seconds => createSeconds(binsOf(day, '1m', venue.zone), venue);

/** Writes minute rows into a Parquet file; `presences` is the SHA-256 of the file of those that they were made from. */
export async function writeMinutes(
  { connection }: Memory,
  sums: RoomSums[],
  presences: string,
  file: string,
): Promise<number> {
  await connection.run(sql(import.meta.url, 'minutes_table'));
  await fill(connection, 'minute', sums, (appender, one) => {
    appender.appendVarchar(one.room);
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(one.bin.from) * 1000n));
    appender.appendInteger(one.frames);
    appender.appendInteger(one.gap);
    appendSums(appender, one);
    appendUsual(appender, one);
  });
  await connection.run(sql(import.meta.url, 'minutes'), { file, presences });
  return sums.length;
}

/** The fewest gateways, where there was a frame; the usual band. */
function appendUsual(appender: DuckDBAppender, { frames, heard, usual }: RoomSums): void {
  if (frames > 0) appender.appendInteger(heard);
  else appender.appendNull();
  appender.appendBigInt(BigInt(usual.low));
  appender.appendBigInt(BigInt(usual.high));
  appender.appendInteger(usual.seconds);
}

import { type DuckDBConnection, DuckDBTimestampValue } from '@duckdb/node-api';
import type { Presence } from '../model/presence.ts';
import { sql } from '../store/sql.ts';

/** Makes the table `presence` of a connection: the columns of a presence, instants as TIMESTAMP. */
export async function createPresenceTable(connection: DuckDBConnection): Promise<void> {
  await connection.run(sql(import.meta.url, 'presence_table'));
}

/** Puts presences into that table, one by one. */
export type PresenceTaker = { take(presence: Presence): void; close(): void };

/** Rows that are handed over together. */
const FLUSH_EVERY = 10_000;

export async function presenceTaker(connection: DuckDBConnection): Promise<PresenceTaker> {
  const appender = await connection.createAppender('presence');
  const instant = (ms: number) => appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(ms)) * 1000n));
  let rows = 0;
  return {
    take({ badge, room, from, until, reason, parked, heard, visit, rule }) {
      appender.appendVarchar(badge);
      appender.appendVarchar(room);
      instant(from);
      if (until === null) appender.appendNull();
      else instant(until);
      appender.appendVarchar(reason);
      appender.appendBoolean(parked);
      instant(heard);
      instant(visit);
      appender.appendVarchar(rule);
      appender.endRow();
      rows += 1;
      if (rows % FLUSH_EVERY === 0) appender.flushSync();
    },
    close: () => appender.closeSync(),
  };
}

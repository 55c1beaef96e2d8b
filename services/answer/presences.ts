import { DuckDBTimestampValue } from '@duckdb/node-api';
import type { Presence } from '../model/presence.ts';
import type { Span } from '../model/venue.ts';
import { type Memory, openMemory } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import { sql } from '../store/sql.ts';
import { seen } from './seen.ts';

/** The presences of a span as they were seen, as a table to be asked; whoever asks closes it. */
export async function presenceTable(
  record: AsSeen,
  span: Span,
  signal?: AbortSignal,
): Promise<{ memory: Memory; days: string[] }> {
  const { presences, days } = await seen(record, span, () => {}, signal);
  const memory = await openMemory();
  try {
    await memory.connection.run(sql(import.meta.url, 'presence_table'));
    await fill(memory, presences);
    return { memory, days };
  } catch (error) {
    memory.close();
    throw error;
  }
}

async function fill({ connection }: Memory, presences: Presence[]): Promise<void> {
  const appender = await connection.createAppender('presence');
  const instant = (ms: number) => appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(ms)) * 1000n));
  for (const { badge, room, from, until, reason, parked, heard, visit, rule } of presences) {
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
  }
  appender.closeSync();
}

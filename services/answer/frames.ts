import type { DuckDBConnection } from '@duckdb/node-api';
import type { Presence } from '../model/presence.ts';
import type { Columns } from '../model/query.ts';
import type { Span, Venue } from '../model/venue.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import { binsOf } from './bins.ts';

export const FRAME_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  occupancy: 'number',
  peak: 'number',
  visitors: 'number',
  badgeMinutes: 'number',
};

/** Occupancy by room and step, from presences. `occupancy` is the average: badge-seconds ÷ seconds of the step. */
export async function framesOf(
  presences: AsyncIterable<Presence>,
  venue: Venue,
  span: Span,
  step: string,
): Promise<Row[]> {
  const bins = binsOf(span, step, venue.zone);
  const memory = await openMemory();
  try {
    await memory.connection.run(sql(import.meta.url, 'frames_tables'));
    await fillPresences(memory.connection, presences);
    await fillBins(memory.connection, bins, venue.rooms);
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, 'frames'))))
      rows.push(...chunk);
    return rows;
  } finally {
    memory.close();
  }
}

async function fillPresences(connection: DuckDBConnection, presences: AsyncIterable<Presence>): Promise<void> {
  const appender = await connection.createAppender('presence');
  for await (const { badge, room, from, until, parked } of presences) {
    appender.appendVarchar(badge);
    appender.appendVarchar(room);
    appender.appendBigInt(BigInt(from));
    if (until === null) appender.appendNull();
    else appender.appendBigInt(BigInt(until));
    appender.appendBoolean(parked);
    appender.endRow();
  }
  appender.closeSync();
}

async function fillBins(connection: DuckDBConnection, bins: Span[], rooms: string[]): Promise<void> {
  const bin = await connection.createAppender('bin');
  for (const { from, until } of bins) {
    bin.appendBigInt(BigInt(from));
    bin.appendBigInt(BigInt(until));
    bin.endRow();
  }
  bin.closeSync();
  const room = await connection.createAppender('room');
  rooms.forEach((id, place) => {
    room.appendVarchar(id);
    room.appendInteger(place);
    room.endRow();
  });
  room.closeSync();
}

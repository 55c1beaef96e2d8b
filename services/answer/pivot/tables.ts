import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { wholeOf } from '../../locate/floorplan.ts';
import { sensedIn } from '../../model/sensed.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { sql } from '../../store/sql.ts';
import { titlesOf } from './times.ts';

/** Instants as whole ms that a BIGINT holds: the ends of time are as far as anybody's data goes. */
const OPEN_MS = 8e15;
const ms = (time: number) => BigInt(Math.max(-OPEN_MS, Math.min(OPEN_MS, Math.round(time))));

/** Fills what a question knows of the venue: temporary tables of its own connection. */
export async function fillVenue(connection: DuckDBConnection, venue: Venue): Promise<void> {
  await connection.run(sql(import.meta.url, 'tables'));
  const { file, members = [] } = venue;
  await fill(connection, 'standing', standings(venue), (to, { device, from, until, room }) => {
    to.appendVarchar(device);
    to.appendBigInt(ms(from));
    to.appendBigInt(ms(until));
    to.appendVarchar(room);
  });
  const sensed = sensedIn(file);
  await fill(connection, 'storey', file.rooms, (to, { id, floor }) => {
    to.appendVarchar(id);
    if (floor === undefined) to.appendNull();
    else to.appendVarchar(floor);
    to.appendVarchar(sensed.has(id) ? 'fixed sensor' : 'badges');
  });
  await fill(connection, 'member', members, (to, { badge, from, until, group }) => {
    to.appendVarchar(badge);
    to.appendBigInt(ms(from));
    to.appendBigInt(ms(until));
    to.appendVarchar(group);
  });
  const words = (table: string, texts: string[]) =>
    fill(connection, table, [...texts.entries()], (to, [code, text]) => {
      to.appendBigInt(BigInt(code));
      to.appendVarchar(text);
    });
  await words(
    'event',
    (file.events ?? []).map(({ id }) => id),
  );
  await words(
    'session',
    (file.sessions ?? []).map(({ id }) => id),
  );
  await words('title', titlesOf(venue));
}

/** In which room a gateway or sensor stood: parts of a merged room are that room while the wall is open. */
function standings(venue: Venue): (Span & { device: string; room: string })[] {
  const sensors = (venue.file.sensors ?? []).map(({ id, room, from, until }) => ({
    id,
    room,
    from: Number(from ?? Number.NEGATIVE_INFINITY),
    until: Number(until ?? Number.POSITIVE_INFINITY),
  }));
  const walls = [...new Set(venue.merges.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  return [...venue.gateways, ...sensors].flatMap(({ id, room, from, until }) => {
    const starts = [from, ...walls.filter((time) => time > from && time < until)];
    return starts.map((start, i) => ({
      device: id,
      from: start,
      until: starts[i + 1] ?? until,
      room: wholeOf(
        venue.merges.filter((merge) => merge.from <= start && start < merge.until),
        room,
      ),
    }));
  });
}

async function fill<T>(
  connection: DuckDBConnection,
  table: string,
  items: T[],
  append: (to: DuckDBAppender, item: T) => void,
): Promise<void> {
  if (items.length === 0) return;
  const appender = await connection.createAppender(table, null, 'temp');
  for (const item of items) {
    append(appender, item);
    appender.endRow();
  }
  appender.closeSync();
}

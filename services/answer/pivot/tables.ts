import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { wholeOf } from '../../locate/floorplan.ts';
import { sensedIn } from '../../model/sensed.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { titlesOf } from './times.ts';

/** Instants as whole ms that a BIGINT holds: the ends of time are as far as anybody's data goes. */
const OPEN_MS = 8e15;
const ms = (time: number) => BigInt(Math.max(-OPEN_MS, Math.min(OPEN_MS, Math.round(time))));

/** A table of what the venue says: its columns, and its rows. */
type Table<T> = { columns: string; rows: T[]; append(to: DuckDBAppender, row: T): void };
type Placed = Span & { name: string; of: string };

/** Tables that hold for a while, by the joins that need them. */
const LASTING: Record<string, { table: string; columns: string; rows(venue: Venue): Placed[] }> = {
  place: { table: 'standing', columns: 'device VARCHAR, begins BIGINT, ends BIGINT, room VARCHAR', rows: standings },
  member: {
    table: 'member',
    columns: 'badge VARCHAR, begins BIGINT, ends BIGINT, "group" VARCHAR',
    rows: ({ members = [] }) => members.map(({ badge, group, ...span }) => ({ ...span, name: badge, of: group })),
  },
};

/**
 * Fills what a question needs to know of the venue: temporary tables of its own connection, of what holds at any time of a span (UTC
 * ms). Returns the joins of which every row holds throughout.
 * @param wanted joins, and tables of texts
 */
export async function fillVenue(
  connection: DuckDBConnection,
  venue: Venue,
  wanted: ReadonlySet<string>,
  span: Span,
): Promise<Set<string>> {
  const steady = new Set<string>();
  for (const [join, { table, columns, rows }] of Object.entries(LASTING)) {
    if (!wanted.has(join)) continue;
    const held = rows(venue).filter(({ from, until }) => from < span.until && until > span.from);
    if (held.every(({ from, until }) => from <= span.from && until >= span.until)) steady.add(join);
    await fill(connection, table, { columns, rows: held, append: appendPlaced });
  }
  if (wanted.has('storey')) await fill(connection, 'storey', storeys(venue));
  for (const [table, texts] of Object.entries(TEXTS))
    if (wanted.has(table)) await fill(connection, table, words(texts(venue)));
  return steady;
}

function appendPlaced(to: DuckDBAppender, { name, from, until, of }: Placed): void {
  to.appendVarchar(name);
  to.appendBigInt(ms(from));
  to.appendBigInt(ms(until));
  to.appendVarchar(of);
}

function storeys({ file }: Venue): Table<Venue['file']['rooms'][number]> {
  const sensed = sensedIn(file);
  return {
    columns: 'room VARCHAR, floor VARCHAR, thermometer VARCHAR',
    rows: file.rooms,
    append(to, { id, floor }) {
      to.appendVarchar(id);
      if (floor === undefined) to.appendNull();
      else to.appendVarchar(floor);
      to.appendVarchar(sensed.has(id) ? 'fixed sensor' : 'badges');
    },
  };
}

const TEXTS: Record<string, (venue: Venue) => string[]> = {
  event: ({ file }) => (file.events ?? []).map(({ id }) => id),
  session: ({ file }) => (file.sessions ?? []).map(({ id }) => id),
  title: titlesOf,
};

const words = (texts: string[]): Table<[number, string]> => ({
  columns: 'code BIGINT, text VARCHAR',
  rows: [...texts.entries()],
  append(to, [code, text]) {
    to.appendBigInt(BigInt(code));
    to.appendVarchar(text);
  },
});

/** In which room a gateway or sensor stood: parts of a merged room are that room while the wall is open. */
function standings(venue: Venue): Placed[] {
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
      name: id,
      from: start,
      until: starts[i + 1] ?? until,
      of: wholeOf(
        venue.merges.filter((merge) => merge.from <= start && start < merge.until),
        room,
      ),
    }));
  });
}

async function fill<T>(
  connection: DuckDBConnection,
  table: string,
  { columns, rows, append }: Table<T>,
): Promise<void> {
  await connection.run(`CREATE TEMP TABLE ${table} (${columns})`);
  if (rows.length === 0) return;
  const appender = await connection.createAppender(table, null, 'temp');
  for (const row of rows) {
    append(appender, row);
    appender.endRow();
  }
  appender.closeSync();
}

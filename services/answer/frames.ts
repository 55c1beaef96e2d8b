import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Presence } from '../model/presence.ts';
import type { Columns } from '../model/query.ts';
import { countedIn, type Span, type Venue } from '../model/venue.ts';
import { openMemory } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import { binCount, binsOf } from './bins.ts';
import { Refused } from './refused.ts';
import { createSeconds, measuresOf } from './seconds.ts';
import { seen } from './seen.ts';

/** Rows of an answer about frames at most: a room in a bin is one. */
const CELLS_MAX = 200_000;

/** Occupancy by room and step, from presences alone. */
export const OCCUPANCY_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  average: 'number',
  peak: 'number',
  visitors: 'number',
  badgeMinutes: 'number',
};

export const FRAME_COLUMNS: Columns = {
  ...OCCUPANCY_COLUMNS,
  claps: 'number',
  temperature: 'number',
  coverage: 'text',
  covered: 'number',
  frames: 'number',
};

/** What the frames of a bin said of a room. */
type Said = { room: string; bin: Span } & ReturnType<typeof measuresOf>;

/** Occupancy by room and step of presences that were computed just now: every second counts as one with a frame. */
export async function occupancyOf(
  presences: AsyncIterable<Presence>,
  venue: Venue,
  span: Span,
  step: string,
): Promise<Row[]> {
  const bins = binsOf(span, step, venue.zone);
  const said = venue.rooms.flatMap((room) =>
    bins.map((bin): Said => {
      const frames = Math.round((bin.until - bin.from) / 1000);
      return { room, bin, frames, measured: frames, claps: null, temperature: null, coverage: 'good', covered: 1 };
    }),
  );
  const rows = await counted(presences, bins, said);
  return rows.map((row) => Object.fromEntries(Object.keys(OCCUPANCY_COLUMNS).map((name) => [name, row[name]])));
}

/** The frames of a span by step, as they were seen: folded from the record. `days` are those it read. */
export async function framesSeen(
  record: AsSeen,
  venue: Venue,
  asked: Span,
  step: string,
  signal?: AbortSignal,
): Promise<{ rows: Row[]; days: string[] }> {
  refuseMany(binCount(asked, step) * venue.rooms.length, step);
  const bins = asked.from < asked.until ? binsOf(asked, step, venue.zone) : [];
  const seconds = createSeconds(bins, venue);
  const { presences: all, days } = await seen(record, asked, seconds.add, signal);
  const isCounted = countedIn(venue);
  const presences = all.flatMap((one) => pieces(one, venue)).filter(({ badge, from }) => isCounted(badge, from));
  const said = seconds.sums().map((sums): Said => ({ room: sums.room, bin: sums.bin, ...measuresOf(sums) }));
  return { rows: await counted(presences, bins, said), days };
}

/** A presence cut where its badge was handed on to another group. */
function pieces(presence: Presence, { members = [] }: Venue): Presence[] {
  const { badge, from, until } = presence;
  const end = until ?? Number.POSITIVE_INFINITY;
  const own = members.filter((member) => member.badge === badge).flatMap((member) => [member.from, member.until]);
  const cuts = [...new Set(own)].filter((time) => time > from && time < end).sort((a, b) => a - b);
  return [from, ...cuts].map((begin, i) => ({ ...presence, from: begin, until: cuts[i] ?? until }));
}

/** Says how many there would be, and a step that would do. */
function refuseMany(cells: number, step: string): void {
  if (cells <= CELLS_MAX) return;
  const times = Math.ceil(cells / CELLS_MAX);
  throw new Refused([
    {
      pointer: '/step',
      expected: `a step at least ${times} times as long: ${CELLS_MAX} cells at most`,
      found: `${step}: ${Math.ceil(cells)} cells`,
    },
  ]);
}

async function counted(
  presences: AsyncIterable<Presence> | Iterable<Presence>,
  bins: Span[],
  said: Said[],
): Promise<Row[]> {
  const memory = await openMemory();
  try {
    await memory.connection.run(sql(import.meta.url, 'frames_tables'));
    await fillPresences(memory.connection, presences);
    await fill(memory.connection, 'bin', bins, (bin, { from, until }) => {
      bin.appendBigInt(BigInt(from));
      bin.appendBigInt(BigInt(until));
    });
    await fill(memory.connection, 'seen', said, appendSaid);
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, 'frames'))))
      rows.push(...chunk);
    return rows;
  } finally {
    memory.close();
  }
}

async function fillPresences(
  connection: DuckDBConnection,
  presences: AsyncIterable<Presence> | Iterable<Presence>,
): Promise<void> {
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

async function fill<T>(
  connection: DuckDBConnection,
  table: string,
  items: T[],
  append: (appender: DuckDBAppender, item: T, place: number) => void,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const [place, item] of items.entries()) {
    append(appender, item, place);
    appender.endRow();
  }
  appender.closeSync();
}

function appendSaid(appender: DuckDBAppender, said: Said, place: number): void {
  const { room, bin, frames, measured, claps, temperature, coverage, covered } = said;
  appender.appendInteger(place);
  appender.appendVarchar(room);
  appender.appendBigInt(BigInt(bin.from));
  appender.appendInteger(frames);
  appender.appendInteger(measured);
  appendNumber(appender, claps);
  appendNumber(appender, temperature);
  appender.appendVarchar(coverage);
  appender.appendDouble(covered);
}

function appendNumber(appender: DuckDBAppender, value: number | null): void {
  if (value === null) appender.appendNull();
  else appender.appendDouble(value);
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { Presence } from '../model/presence.ts';
import type { Columns, Query } from '../model/query.ts';
import { countedIn, type Span, type Venue } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import { askedSeconds } from './asked-seconds.ts';
import { type Bin, binCount, binsOf, stepsOf } from './bins.ts';
import { fillPresences, fillSaid, openTables } from './fill.ts';
import { byOf, frameColumns, OCCUPANCY } from './frame-columns.ts';
import { gatewayStays, type OpenStore } from './heard-by.ts';
import { openReading } from './reading.ts';
import { Refused } from './refused.ts';
import { type Read, readingOf } from './revisions.ts';
import { closedMinutes, type Rounding, refuseFiner, roundedSeconds, withoutHidden } from './rounded.ts';
import { type By, defaultGroup, type Scope, scopeOf } from './scope.ts';
import { createSeconds, type RoomSums, type Seconds } from './seconds.ts';
import { seen } from './seen.ts';
import { type Ended, spanSeen } from './span.ts';

/** Rows of an answer about frames at most: a room in a bin is one. */
const CELLS_MAX = 200_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** What frames are answered from. */
export type FrameTables = {
  record: AsSeen;
  /** where derived files lie; null: there are none */
  house: string | null;
  venue: () => Venue;
  tables: OpenStore;
  /** for whom counts are rounded; there is nothing but the record then */
  rounding?: Rounding;
};

/** Adds up frames by bin and room, as whoever asks may read them. */
export const secondsFor = ({ rounding, venue }: Pick<FrameTables, 'rounding' | 'venue'>, bins: Span[]): Seconds =>
  rounding ? roundedSeconds(bins, venue(), rounding) : createSeconds(bins, venue());

export type FramesFound = {
  rows: Row[];
  columns: Columns;
  /** the revision of each day that was read */
  revisions: { day: string; revision: number }[];
  readFrom: string;
  span: Ended;
};

/** What an answer is made of: its question settled, and the tables it fills. */
type Making = {
  connection: DuckDBConnection;
  from: FrameTables;
  venue: Venue;
  by: By;
  step: string;
  bins: Bin[];
  /** keys are rooms, and each sum of frames lies in one step */
  exact: boolean;
  needsPresences: boolean;
  signal: AbortSignal | undefined;
};

/**
 * Frames by key and step: presences cut by steps, beside the sums of what frames said. Ended days come from the Parquet of
 * their revision, days that no job has made anything of from the as-seen record; seconds of a corrected day are made on
 * asking. Throws `Refused` where the question has a fault.
 */
export async function framesOf(query: Query, from: FrameTables, signal?: AbortSignal): Promise<FramesFound> {
  const { step = '1m', revision = 'latest' } = query;
  const by = byOf(query.by);
  const columns = frameColumns(by, step, query.measures);
  const venue = from.venue();
  if (from.rounding) refuseFiner(query);
  const shown = spanSeen(query.span, from, venue.zone);
  const span = from.rounding ? closedMinutes(shown) : shown;
  const scope = scopeOf(venue, by);
  refuseMany(binCount(span, step) * scope.keys.length, step);
  const isEmpty = span.from >= span.until;
  const bins = isEmpty ? [] : stepsOf(span, step, venue);
  const reads = isEmpty ? [] : readingOf(span, venue.zone, revision, from);
  const reading = await openReading(from.house);
  try {
    const { connection } = reading;
    const within = !isByTime(by, step);
    const exact = within && by === 'room';
    const needsPresences = !from.rounding && (!exact || OF_VISITS.some((measure) => measure in columns));
    const making: Making = { connection, from, venue, by, step, bins, exact, needsPresences, signal };
    await openTables(connection, venue, scope, bins);
    const sources = await fillAll(making, reads, span);
    if (by === 'gateway') await fillHeard(making, span);
    const rows = await cells(connection, venue, by, columns, { within, exact });
    const told = reads.filter(({ from_ }) => from_ !== 'nothing');
    return {
      rows: from.rounding ? withoutHidden(rows, columns) : rows,
      columns,
      revisions: told.map(({ day, revision }) => ({ day, revision })),
      readFrom: [...sources].sort().join(', ') || 'as-seen record',
      span,
    };
  } finally {
    reading.close();
  }
}

/** Measures that frames do not tell: who came, and how long each stayed. */
const OF_VISITS = ['visitors', 'visits', 'dwellMedian', 'dwellMean', 'dwellP90', 'cut'];

/** Its steps or keys may begin and end within a minute. */
const isByTime = (by: By, step: string): boolean =>
  step === 'session' || step === 'event' || by === 'session' || by === 'event' || by === 'gateway';

/** By gateway it is sightings that say who was there. */
async function fillHeard({ connection, from, signal }: Making, span: Span): Promise<void> {
  await connection.run('DELETE FROM presence');
  await fillPresences(connection, await gatewayStays(from.tables, span, signal));
}

/** Fills the tables, day by day; returns from what. */
async function fillAll(making: Making, reads: Read[], span: Span): Promise<Set<string>> {
  const sources = new Set<string>();
  for (const run of runsOf(reads)) {
    const part = { from: Math.max(run[0]!.from, span.from), until: Math.min(run.at(-1)!.until, span.until) };
    const [read] = run;
    if (read!.from_ === 'files') sources.add(await fillFromFiles(making, read!, part));
    else if (read!.from_ === 'record') sources.add(await fillFromRecord(making, part));
    else await fillSaid(making.connection, secondsFor(making.from, piecesOf(making, part, false)).sums());
  }
  return sources;
}

/** Days of the record, or of nothing, that follow each other are read together. */
function runsOf(reads: Read[]): Read[][] {
  const runs: Read[][] = [];
  for (const read of reads) {
    const last = runs.at(-1);
    if (last && read.from_ !== 'files' && last[0]!.from_ === read.from_) last.push(read);
    else runs.push([read]);
  }
  return runs;
}

/**
 * A part of the span in the pieces of which frames are summed: minutes, as jobs do it, or its steps where those are finer. A step
 * is cut where a wall moves: a second without a frame is missing only in the rooms that there were then, to the minute.
 */
function piecesOf({ by, step, bins, venue }: Making, part: Span, isFine = true): Span[] {
  if (isFine && (isByTime(by, step) || isOfMinutes(part, step))) return binsOf(part, '1m', venue.zone);
  const pieces = bins.map(({ from, until }) => ({
    from: Math.max(from, part.from),
    until: Math.min(until, part.until),
  }));
  const moved = venue.merges
    .flatMap(({ from, until }) => [from, until])
    .map((time) => SECOND_MS * Math.ceil(time / SECOND_MS));
  const walls = [...new Set(moved)].sort((a, b) => a - b);
  return pieces.filter(({ from, until }) => from < until).flatMap((piece) => cutAt(piece, walls));
}

function cutAt({ from, until }: Span, walls: readonly number[]): Span[] {
  const edges = [from, ...walls.filter((time) => time > from && time < until), until];
  return edges.slice(1).map((edge, i) => ({ from: edges[i]!, until: edge }));
}

async function fillFromRecord(making: Making, part: Span): Promise<string> {
  const { connection, from, signal } = making;
  const seconds = secondsFor(from, piecesOf(making, part));
  const { presences } = await seen(from.record, part, seconds.add, signal);
  if (!from.rounding) await fillPresences(connection, presences);
  await fillSaid(connection, seconds.sums());
  return from.rounding ? 'rounded minutes as seen' : 'as-seen record';
}

async function fillFromFiles(making: Making, read: Read & { from_: 'files' }, part: Span): Promise<string> {
  const { connection, from, venue, step, exact, needsPresences, signal } = making;
  const values = { from: BigInt(part.from) * 1000n, until: BigInt(part.until) * 1000n };
  if (needsPresences)
    await connection.run(sql(import.meta.url, 'presences_from_files'), { ...values, file: read.presences });
  if (isOfMinutes(part, step)) {
    await connection.run(sql(import.meta.url, exact ? 'said_by_step' : 'said_from_files'), {
      ...values,
      file: read.frames,
    });
    return needsPresences ? 'minute frames, presences' : 'minute frames';
  }
  const seconds = createSeconds(piecesOf(making, part), venue);
  if (read.revision === 0) {
    await seen(from.record, part, seconds.add, signal);
  } else {
    const opened = { ...from, connection, file: read.presences };
    await askedSeconds(opened, venue, part, seconds.add, signal);
  }
  await fillSaid(connection, seconds.sums());
  return read.revision === 0 ? 'as-seen record' : 'observations, presences';
}

/** Whole minutes are enough for it. */
const isOfMinutes = ({ from, until }: Span, step: string): boolean =>
  from % MINUTE_MS === 0 && until % MINUTE_MS === 0 && stepMsOf(step) % MINUTE_MS === 0;

const stepMsOf = (step: string): number => (/^\d+s$/.test(step) ? Number.parseInt(step, 10) * 1000 : MINUTE_MS);

/** Those who are still there are there until now. */
const OPEN = { open: 8_000_000_000_000_000n };

async function cells(
  connection: DuckDBConnection,
  venue: Venue,
  by: By,
  columns: Columns,
  how: { within: boolean; exact: boolean },
): Promise<Row[]> {
  const values = {
    ...OPEN,
    ...how,
    team: defaultGroup(venue),
    counted: countedIn({ ...venue, members: [] })('', 0),
    byTeam: by === 'group',
    sensed: by !== 'group' && by !== 'gateway',
  };
  const named = Object.keys(columns);
  const rows: Row[] = [];
  for await (const chunk of rowsOf(await connection.stream(sql(import.meta.url, 'frames'), values)))
    for (const { key, name, ...row } of chunk) {
      const whole: Row = { session: name, event: name, ...row, [by]: key };
      rows.push(Object.fromEntries(named.map((column) => [column, whole[column]])));
    }
  return rows;
}

/** Says how many there would be, and a step that would do. */
function refuseMany(count: number, step: string): void {
  if (count <= CELLS_MAX) return;
  const times = Math.ceil(count / CELLS_MAX);
  const expected = `a step at least ${times} times as long: ${CELLS_MAX} cells at most`;
  throw new Refused([{ pointer: '/step', expected, found: `${step}: ${Math.ceil(count)} cells` }]);
}

/** Occupancy by room and step of presences that were computed just now: every second counts as one with a frame. */
export async function occupancyOf(
  presences: AsyncIterable<Presence>,
  venue: Venue,
  span: Span,
  step: string,
): Promise<Row[]> {
  const bins = stepsOf(span, step, venue);
  const scope: Scope = scopeOf(venue, 'room');
  const { connection, close } = await openReading(null);
  try {
    await openTables(connection, { ...venue, members: [] }, scope, bins);
    await fillPresences(connection, presences);
    await fillSaid(
      connection,
      venue.rooms.flatMap((room) => bins.map((bin) => whole(room, bin))),
    );
    const everybody = { ...venue, members: [], file: { ...venue.file, groups: [] } };
    const rows = await cells(
      connection,
      everybody,
      'room',
      { room: 'text', time: 'instant', ...OCCUPANCY },
      { within: true, exact: false },
    );
    return venue.rooms.flatMap((room) => rows.filter((row) => row.room === room));
  } finally {
    close();
  }
}

/** Every second of it has a frame. */
const whole = (room: string, bin: Span): RoomSums => {
  const frames = Math.round((bin.until - bin.from) / 1000);
  const usual = { low: 0, high: 0, seconds: 0 };
  const nothing = { usual, heard: 0, gap: 0, present: 0, peak: 0, parked: 0, claps: 0, temperature: 0, felt: 0 };
  return { room, bin, frames, ...nothing, coverage: [0, 0, 0, 0, 0, frames] };
};

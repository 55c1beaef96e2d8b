import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { COVERAGES } from '../model/frame.ts';
import type { Presence } from '../model/presence.ts';
import { countedIn, type Span, type Venue } from '../model/venue.ts';
import { sql } from '../store/sql.ts';
import type { Bin } from './bins.ts';
import { defaultGroup, type Scope, type Scoped } from './scope.ts';
import type { RoomSums } from './seconds.ts';

/** Ends of time that a BIGINT can hold. */
const END_MS = 8e15;
const big = (ms: number): bigint => BigInt(Math.max(-END_MS, Math.min(END_MS, ms)));

/** Makes the tables of an answer about frames, and what of them the venue knows. */
export async function openTables(connection: DuckDBConnection, venue: Venue, scope: Scope, bins: Bin[]): Promise<void> {
  await connection.run(sql(import.meta.url, 'frames_tables'));
  const scoped = (appender: DuckDBAppender, { key, room, from, until }: Scoped) => {
    appender.appendVarchar(key);
    appender.appendVarchar(room);
    appendSpan(appender, { from, until });
  };
  await fill(connection, 'scope', scope.presences, scoped);
  await fill(connection, 'ground', scope.ground, scoped);
  await fill(connection, 'key', scope.keys, (appender, key, place) => {
    appender.appendInteger(place);
    appender.appendVarchar(key);
  });
  await fill(connection, 'bin', bins, (appender, bin, place) => {
    appender.appendInteger(place);
    if (bin.name === null) appender.appendNull();
    else appender.appendVarchar(bin.name);
    appendSpan(appender, bin);
  });
  await fillMembers(connection, venue);
}

/** Of each badge in a list all of time, cut where it was handed on: badge, group, whether it counts, from when until when (UTC ms). */
export async function fillMembers(connection: DuckDBConnection, venue: Venue, table = 'member'): Promise<void> {
  const counted = countedIn(venue);
  const lists = new Map<string, NonNullable<Venue['members']>>();
  for (const member of venue.members ?? []) lists.set(member.badge, [...(lists.get(member.badge) ?? []), member]);
  const pieces = [...lists].flatMap(([badge, list]) => {
    const edges = [-END_MS, ...list.flatMap(({ from, until }) => [from, until]), END_MS].filter(Number.isFinite);
    const cuts = [...new Set(edges)].sort((a, b) => a - b);
    return cuts.slice(0, -1).map((from, i) => {
      const group = list.find((one) => one.from <= from && from < one.until)?.group ?? defaultGroup(venue);
      return { badge, group, isCounted: counted(badge, from), from, until: cuts[i + 1]! };
    });
  });
  await fill(connection, table, pieces, (appender, { badge, group, isCounted, ...span }) => {
    appender.appendVarchar(badge);
    appender.appendVarchar(group);
    appender.appendBoolean(isCounted);
    appendSpan(appender, span);
  });
}

function appendSpan(appender: DuckDBAppender, { from, until }: Span): void {
  appender.appendBigInt(big(from));
  appender.appendBigInt(big(until));
}

/** A stay as the tables have it. */
export type Stayed = Pick<Presence, 'badge' | 'room' | 'from' | 'until' | 'parked'>;

export async function fillPresences(
  connection: DuckDBConnection,
  presences: AsyncIterable<Stayed> | Iterable<Stayed>,
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

/** What frames said of rooms, as sums of a step or a minute each. */
export const fillSaid = (connection: DuckDBConnection, sums: RoomSums[]): Promise<void> =>
  fill(connection, 'said', sums, (appender, one) => {
    appender.appendVarchar(one.room);
    appender.appendBigInt(BigInt(one.bin.from));
    appendNumbers(appender, one);
  });

/** States of coverage in the order of the columns; a gap is counted beside them. */
const STATES = (['unmeasured', 'silent', 'deaf', 'thin', 'good'] as const).map((state) => COVERAGES.indexOf(state));

function appendNumbers(appender: DuckDBAppender, one: RoomSums): void {
  appender.appendInteger(one.frames);
  appender.appendInteger(Math.round((one.bin.until - one.bin.from) / 1000) - one.gap);
  appender.appendInteger(one.gap);
  appendSums(appender, one);
}

/** Badge-seconds, peak, badge-seconds on tables; claps, temperature, the seconds that had one; seconds by coverage. */
export function appendSums(appender: DuckDBAppender, one: RoomSums): void {
  appender.appendBigInt(BigInt(one.present));
  appender.appendInteger(one.peak);
  appender.appendBigInt(BigInt(one.parked));
  if (one.claps === null) appender.appendNull();
  else appender.appendBigInt(BigInt(one.claps));
  appender.appendBigInt(BigInt(one.temperature));
  appender.appendInteger(one.felt);
  for (const state of STATES) appender.appendInteger(one.coverage[state]!);
}

export async function fill<T>(
  connection: DuckDBConnection,
  table: string,
  items: readonly T[],
  append: (appender: DuckDBAppender, item: T, place: number) => void,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const [place, item] of items.entries()) {
    append(appender, item, place);
    appender.endRow();
  }
  appender.closeSync();
}

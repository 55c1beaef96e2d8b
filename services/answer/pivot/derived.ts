import { listValue } from '@duckdb/node-api';
import { Temporal } from 'temporal-polyfill';
import { readParts } from '../../ledger/manifest.ts';
import { expectedBy } from '../../model/normal.ts';
import { countedIn, type Span, type Venue } from '../../model/venue.ts';
import { type Memory, openMemory } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';
import { readBaseline } from '../baseline.ts';
import { binsOf } from '../bins.ts';
import { fill, fillMembers, fillPresences, fillSaid } from '../fill.ts';
import type { FrameTables } from '../frames.ts';
import { type Asked, knownUntil, type Read, readingOf } from '../revisions.ts';
import { defaultGroup } from '../scope.ts';
import { createSeconds } from '../seconds.ts';
import { seen } from '../seen.ts';
import { type Shared, shared } from '../shared.ts';
import { createShown, isOfMinutes, type Shown } from './shown.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const HALF_HOUR_MS = 1_800_000;
/** So many sets of tables are kept for the next question. */
const KEPT_MAX = 4;

/** Presences and minute frames of a span, by revision, as tables to be asked. */
type Derived = {
  connect: Memory['connect'];
  /** whoever asked is done with it */
  close(): void;
  span: Span;
  revisions: { dataset?: string; day: string; revision: number }[];
  /** the days that were read from files, and from the record */
  readFrom: string[];
};

/** The tables of a span and revision: read once, kept for the questions that follow. */
export type OpenDerived = (asked: Span, revision: Asked, signal?: AbortSignal) => Promise<Derived>;

type Kept = { memory: Memory; said: Omit<Derived, 'connect' | 'close'>; users: number; isGone: boolean };

/**
 * Opens presences and frames for questions. Of a day that is not over there is what was shown up to its last whole minute, so
 * that questions within a minute share their tables. `KEPT_MAX` of these are kept.
 */
export function openDerived(from: FrameTables): OpenDerived {
  const kept = new Map<string, Shared<Kept>>();
  const shown = createShown(from.record);
  const letGo = (one: Kept) => {
    if (one.isGone && one.users === 0) one.memory.close();
  };
  const forget = (key: string) => {
    const old = kept.get(key);
    kept.delete(key);
    old?.wait().then(
      (one) => {
        one.isGone = true;
        letGo(one);
      },
      () => undefined,
    );
  };
  return async (asked, revision, signal) => {
    const venue = from.venue();
    const { span, told, key } = derivedParts(asked, revision, from);
    const known = kept.get(key);
    const found =
      known && !known.isGivenUp ? known : shared((left) => read(told, span, { ...from, shown }, venue, left));
    kept.delete(key);
    kept.set(key, found);
    if (kept.size > KEPT_MAX) forget(kept.keys().next().value!);
    const one = await found.wait(signal).catch((error: unknown) => {
      // Whoever leaves takes it from nobody else.
      if (!signal?.aborted && kept.get(key) === found) kept.delete(key);
      throw error;
    });
    one.users += 1;
    const close = () => {
      one.users -= 1;
      letGo(one);
    };
    return { connect: one.memory.connect, close, ...one.said };
  };
}

/** What of a span there is to be read, and its name: equal names have equal tables. */
export function derivedParts(asked: Span, revision: Asked, from: FrameTables) {
  const venue = from.venue();
  const span = knownOf(asked, from, venue.zone);
  const reads = span.from < span.until ? readingOf(span, venue.zone, revision, from) : [];
  const told = reads.filter(({ from_ }) => from_ !== 'nothing');
  return { span, told, key: JSON.stringify([span, venue.version, told, baselinesOf(told, from)]) };
}

/** What of a span is known: from the first day that anything is known of, up to the last whole minute. */
function knownOf(asked: Span, from: FrameTables, zone: string): Span {
  const days = [...from.record.days(), ...derivedDays(from)].sort();
  const until = Math.min(asked.until, Math.floor((knownUntil(from) + SECOND_MS) / MINUTE_MS) * MINUTE_MS);
  if (days.length === 0 || !Number.isFinite(until)) return { from: 0, until: 0 };
  const first = Temporal.PlainDate.from(days[0]!).toZonedDateTime(zone).epochMilliseconds;
  const start = Math.floor(Math.max(asked.from, first) / SECOND_MS) * SECOND_MS;
  return { from: start, until: Math.max(start, Math.ceil(until / SECOND_MS) * SECOND_MS) };
}

/** Which baselines there are of some days: the newest of each counts. */
const baselinesOf = (reads: Read[], { house }: FrameTables): string[] => {
  const days = new Set(reads.map(({ day }) => day));
  return house === null ? [] : readParts(house, 'baselines').flatMap(({ day, file }) => (days.has(day) ? [file] : []));
};

const derivedDays = ({ house }: FrameTables): string[] =>
  house === null ? [] : readParts(house, 'frames').map(({ day }) => day);

type From = FrameTables & { shown: ReturnType<typeof createShown> };

async function read(reads: Read[], span: Span, from: From, venue: Venue, signal?: AbortSignal): Promise<Kept> {
  const memory = await openMemory(from.house);
  try {
    await memory.connection.run(sql(import.meta.url, 'derived'));
    await readFiles(
      memory,
      reads.filter((one) => one.from_ === 'files'),
      span,
    );
    for (const one of reads) if (one.from_ !== 'files') await readShown(memory, one, span, from, venue, signal);
    const baselines = await fillNormal(memory, reads, from.house);
    await memory.connection.run(sql(import.meta.url, 'minutes'));
    await fillMembers(memory.connection, venue, 'team');
    await memory.connection.run(sql(import.meta.url, 'stays'), {
      open: BigInt(span.until),
      usual: defaultGroup(venue),
      counted: countedIn({ ...venue, members: [] })('', 0),
    });
    const sources = new Set(reads.map(({ from_ }) => (from_ === 'files' ? 'files' : 'as-seen record')));
    const said = {
      span,
      revisions: [...reads.map(({ day, revision }) => ({ day, revision })), ...baselines],
      readFrom: [...sources].sort(),
    };
    return { memory, said, users: 0, isGone: false };
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** Days that jobs have made: all files at once, since each statement costs as much as a day. */
async function readFiles({ connection }: Memory, days: (Read & { from_: 'files' })[], span: Span): Promise<void> {
  if (days.length === 0) return;
  const values = { from: BigInt(span.from) * 1000n, until: BigInt(span.until) * 1000n };
  const read = (name: string, files: string[]) =>
    connection.run(sql(new URL('..', import.meta.url).href, name), { ...values, file: listValue(files) });
  await read(
    'presences_from_files',
    days.map(({ presences }) => presences),
  );
  await read(
    'said_from_files',
    days.map(({ frames }) => frames),
  );
}

/** A day of which there is what was shown. */
async function readShown(
  { connection }: Memory,
  day: Read,
  span: Span,
  { record, shown }: From,
  venue: Venue,
  signal?: AbortSignal,
): Promise<void> {
  const part = { from: Math.max(day.from, span.from), until: Math.min(day.until, span.until) };
  if (part.from >= part.until) return;
  const { presences, sums } = isOfMinutes(part)
    ? await shown.of(day, part, venue, signal)
    : await secondsOf(record, part, venue, signal);
  await fillPresences(connection, presences);
  await fillSaid(connection, sums);
}

/** What was normal on each day: its newest baseline, as live frames take it. */
async function fillNormal({ connection }: Memory, reads: Read[], house: string | null): Promise<Derived['revisions']> {
  if (house === null) return [];
  const read = await Promise.all(reads.map(({ day }) => readBaseline(house, day)));
  await fill(
    connection,
    'normal',
    read.flatMap((found) => (found?.rows ?? []).flatMap((row) => blocksOf(row).map((block) => ({ ...row, block })))),
    (to, row) => {
      to.appendVarchar(row.room);
      to.appendBigInt(BigInt(row.block));
      to.appendBigInt(BigInt(row.from));
      to.appendBigInt(BigInt(row.until));
      to.appendInteger(Math.round(expectedBy(row).expected * 100));
    },
  );
  return reads.flatMap(({ day }, i) => (read[i] ? [{ dataset: 'baselines', day, revision: read[i].revision }] : []));
}

/** Half hours that a row of a baseline touches: by these minutes find it. */
function blocksOf({ from, until }: Span): number[] {
  const [first, last] = [Math.floor(from / HALF_HOUR_MS), Math.floor((until - 1) / HALF_HOUR_MS)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** What was shown of a part that begins or ends within a minute. */
async function secondsOf(
  record: FrameTables['record'],
  part: Span,
  venue: Venue,
  signal?: AbortSignal,
): Promise<Shown> {
  const seconds = createSeconds(binsOf(part, '1m', venue.zone), venue);
  const { presences } = await seen(record, part, seconds.add, signal);
  return { presences, sums: seconds.sums() };
}

import { createHmac } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { COVERAGES } from '../model/frame.ts';
import type { Columns, Query, Viewer } from '../model/query.ts';
import { mayAs } from '../model/scope.ts';
import type { Span, Venue } from '../model/venue.ts';
import type { Row } from '../store/rows.ts';
import { stepMs } from './bins.ts';
import { Refused } from './refused.ts';
import { createSeconds, type RoomSums, type Seconds } from './seconds.ts';
import type { Ended } from './span.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const [UNMEASURED, THIN, GOOD] = (['unmeasured', 'thin', 'good'] as const).map((state) => COVERAGES.indexOf(state)) as [
  number,
  number,
  number,
];

/** To what counts are rounded for the public, and the secret that draws the way. */
export type Rounding = { to: number; key: Buffer };

/** Below `viewer` counts are rounded, where they are; null: they are whole. */
export const roundingFor = (rounding: Rounding | null | undefined, { scope }: Viewer): Rounding | null =>
  rounding && !mayAs(scope, 'viewer') ? rounding : null;

/**
 * A count rounded to a neighbouring multiple of k: up with chance (n mod k) ÷ k, drawn by HMAC over room, day and count, so that
 * the same count reads the same all day and averaging teaches nothing (NUMBERS: MIN_COUNT).
 */
export function rounded(count: number, room: string, day: string, { to, key }: Rounding): number {
  const rest = count % to;
  if (rest === 0) return count;
  const drawn = createHmac('sha256', key)
    .update(JSON.stringify([room, day, count]))
    .digest()
    .readUInt32BE(0);
  return count - rest + (drawn / 2 ** 32 < rest / to ? to : 0);
}

/**
 * Sums by minute as the public reads them: the count at the whole minute rounded, for all of it; claps and temperature where
 * that many were there; coverage without `thin`, no tables, no gateways, nothing usual. Bins are whole minutes.
 */
export function roundedSeconds(bins: Span[], venue: Venue, rounding: Rounding): Seconds {
  const seconds = createSeconds(bins, venue);
  const counts = new Map<string, number | null>();
  const dayOf = (time: number) =>
    Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(venue.zone).toPlainDate().toString();
  return {
    add(time, rooms) {
      seconds.add(time, rooms);
      if (time % MINUTE_MS === 0) for (const [room, { occupancy }] of rooms) counts.set(`${time} ${room}`, occupancy);
    },
    sums: () =>
      seconds.sums().map((sums) => shownOf(sums, counts.get(`${sums.bin.from} ${sums.room}`), dayOf, rounding)),
  };
}

/** `count`: at the whole minute; null where nothing measures, undefined where no frame was made. */
function shownOf(
  { room, bin, frames, gap, claps, temperature, felt, coverage }: RoomSums,
  count: number | null | undefined,
  dayOf: (time: number) => string,
  rounding: Rounding,
): RoomSums {
  const all = Math.round((bin.until - bin.from) / SECOND_MS);
  const isThere = count !== undefined && frames > 0;
  const isEnough = isThere && count !== null && count >= rounding.to;
  const read = isThere && count !== null ? rounded(count, room, dayOf(bin.from), rounding) : 0;
  const held = coverage.with(GOOD, coverage[GOOD]! + coverage[THIN]!).with(THIN, 0);
  const unmeasured = COVERAGES.map((_, i) => (i === UNMEASURED ? frames : 0));
  const nothing = COVERAGES.map(() => 0);
  return {
    room,
    bin,
    frames: isThere ? frames : 0,
    gap: isThere ? gap : all,
    present: read * frames,
    peak: read,
    parked: 0,
    claps: isEnough ? claps : null,
    temperature: isEnough ? temperature : 0,
    felt: isEnough ? felt : 0,
    coverage: !isThere ? nothing : count === null ? unmeasured : held,
    usual: { low: 0, high: 0, seconds: 0 },
    heard: Number.POSITIVE_INFINITY,
  };
}

/** The minutes of a span that have ended, whole. */
export const closedMinutes = ({ from, until }: Ended): Ended => {
  const end = Math.floor(until / MINUTE_MS) * MINUTE_MS;
  return { from: Math.min(Math.ceil(from / MINUTE_MS) * MINUTE_MS, end), until: end };
};

/** A span within one minute is about that minute. */
export function minutesOf(span: Query['span']): Query['span'] {
  if (span?.from === undefined || span.until === undefined) return span;
  const from = Math.floor(span.from / MINUTE_MS) * MINUTE_MS;
  return span.until <= from + MINUTE_MS ? { from, until: from + MINUTE_MS } : span;
}

/** The last minute that has ended, of what was shown up to `last` (UTC ms). */
export function lastMinute(last: number): Ended {
  const until = Math.floor((last + SECOND_MS) / MINUTE_MS) * MINUTE_MS;
  return { from: until - MINUTE_MS, until };
}

/** Measures that the public does not read: they come as null. */
const HIDDEN = ['visitors', 'visits', 'dwellMedian', 'dwellMean', 'dwellP90', 'cut'];

export const withoutHidden = (rows: Row[], columns: Columns): Row[] => {
  const hidden = Object.fromEntries(HIDDEN.filter((name) => name in columns).map((name) => [name, null]));
  return rows.map((row) => ({ ...row, ...hidden }));
};

/** Throws `Refused` where a question is about less than a minute of a room, or another revision than what was shown; tiles are of minutes. */
export function refuseFiner({ dataset, step = '1m', by = 'room', revision = 'as-seen' }: Query): void {
  const ms = stepMs(step);
  const isMinutes = !Number.isFinite(ms) || ms % MINUTE_MS === 0;
  const isWhole = dataset === 'tiles' ? ms === MINUTE_MS : isMinutes && !BY_TIME.includes(step);
  const minutes = dataset === 'tiles' ? '1m' : 'whole minutes, day or all';
  const faults = [
    !isWhole && { pointer: '/step', expected: `${minutes}: counts are rounded by the minute here`, found: step },
    by !== 'room' && { pointer: '/by', expected: 'room: totals are sums of rooms here', found: by },
    !SHOWN.includes(revision) && {
      pointer: '/revision',
      expected: 'as-seen: what was shown is what is read here',
      found: String(revision),
    },
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Refused(faults);
}

/** Steps that begin and end within a minute; and what is asked for that is what was shown. */
const BY_TIME = ['session', 'event'];
const SHOWN: Query['revision'][] = ['latest', 'as-seen', 0];

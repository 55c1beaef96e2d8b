import type { Coverage, ShownRoom } from '../../../services/model/frame.ts';
import type { FrameRow } from '../../read/live-rows.ts';
import type { RoomNow, Since, Trended } from './room.ts';
import { createSteps, type Steps } from './steps.ts';

export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A step of the trend, ms: about a pixel of the widest sparkline. */
const TREND_MS = 15_000;
/** Frames of a minute from which on nothing of it is missing. */
const FRAMES_WHOLE = 54;
/** A state that is there again so soon after a break goes on: it was most of that quarter of an hour, as whoever reads the past finds. */
const BREAK_MS = 450_000;
/** Applause is compared by the minute. */
const CLAPS_MS = MINUTE_MS;
/** Screens show claps of ten seconds; a frame has those of one. */
export const CLAPS = 10;

/** What is remembered of one room: a bounded hour, and how it came to its state. */
export type RoomPast = {
  trends: Record<Trended, Steps>;
  /** by the minute, of one second each */
  claps: Steps;
  /** of the band, once there is one */
  band: { low: Steps; high: Steps } | null;
  coverage: Coverage | null;
  since: Since | null;
  /** how it stood when frames were missing last, and from when on (UTC ms) */
  broken: (State & { at: number }) | null;
  last: RoomNow['last'];
};

const createTrend = () => createSteps(TREND_MS, HOUR_MS / TREND_MS + 1);

export const createRoomPast = (): RoomPast => ({
  trends: { count: createTrend(), claps: createTrend(), temperature: createTrend() },
  claps: createSteps(CLAPS_MS, HOUR_MS / CLAPS_MS + 1),
  band: null,
  coverage: null,
  since: null,
  broken: null,
  last: null,
});

const isKnown = (coverage: Coverage | null) => coverage === 'good' || coverage === 'thin';

/** A second of a room. */
export function takeSecond(past: RoomPast, frame: ShownRoom, time: number): void {
  const { coverage, occupancy, low, high } = frame;
  if (coverage !== past.coverage) past.since = sinceAfter(past, coverage, time);
  past.coverage = coverage;
  if (frame.claps !== null) past.claps.add(time, frame.claps);
  if (!isKnown(coverage)) return;
  const { trends } = past;
  if (frame.claps !== null) trends.claps.add(time, frame.claps * CLAPS);
  if (frame.temperature !== null) trends.temperature.add(time, frame.temperature);
  if (occupancy === null) return;
  past.last = { count: occupancy, at: time };
  trends.count.add(time, occupancy);
  if (low === null || high === null) return;
  past.band ??= { low: createTrend(), high: createTrend() };
  past.band.low.add(time, low);
  past.band.high.add(time, high);
}

/** Frames are missing from then on: what a room was then is not taken for over by what is not known yet after it. */
export function takeBreak(past: RoomPast, from: number, until: number): void {
  for (const trend of Object.values(past.trends)) trend.breakAt(from, until);
  const { broken, coverage, since } = past;
  if (!broken || from - broken.at > BREAK_MS) past.broken = { at: from, coverage, since };
}

function sinceAfter({ coverage: before, broken }: RoomPast, coverage: Coverage, time: number): Since | null {
  const isBack = broken?.coverage === coverage && time - broken.at <= BREAK_MS;
  return isBack ? broken.since : { at: time, isBefore: before === null };
}

/** The hour before the first frame, a row a minute, in order of time. What frames have told already stays. */
export function takeHour(past: RoomPast, rows: FrameRow[]): void {
  let [at, last]: [State, RoomNow['last']] = [UNKNOWN, null];
  for (const row of rows) {
    at = stateAfter(at, row);
    // A minute that lacks more than a few frames is a gap of the trend: where in it they are missing is not known.
    const isWhole = row.frames > FRAMES_WHOLE || row === rows.at(-1);
    const until = row.time + (isWhole ? Math.max(row.frames * 1000, MINUTE_MS - 2000) : 0);
    if (row.claps !== null) past.claps.fill(row.time, until, row.claps);
    if (!isKnown(at.coverage)) continue;
    const { claps, temperature } = past.trends;
    if (row.claps !== null && row.frames > 0) claps.fill(row.time, until, (row.claps / row.frames) * CLAPS);
    if (row.temperature !== null) temperature.fill(row.time, until, row.temperature);
    if (row.average === null) continue;
    past.trends.count.fill(row.time, until, row.average);
    last = { count: Math.round(row.average), at: row.time + MINUTE_MS };
  }
  past.last ??= last;
  if (past.coverage === null || (past.coverage === at.coverage && past.since?.isBefore)) past.since = at.since;
  past.coverage ??= at.coverage;
}

/**
 * The quarter of an hour (UTC ms) in which, or with whose end, a state began that is older than the hour; null where that is
 * known, or not to be found. `rows`: the quarters of the last day, in order of time.
 */
export function quarterOf({ coverage, since }: RoomPast, rows: FrameRow[]): number | null {
  if (!since?.isBefore) return null;
  return rows.findLast((row) => row.time < since.at && isAnew(coverage, row))?.time ?? null;
}

/** Minutes from before the hour, in order of time: if the state began in them it is known since when. */
export function takeBefore(past: RoomPast, rows: FrameRow[]): void {
  const { coverage, since } = rows.reduce(stateAfter, UNKNOWN);
  if (past.since?.isBefore && coverage === past.coverage && since?.isBefore === false) past.since = since;
}

type State = { coverage: Coverage | null; since: Since | null };
const UNKNOWN: State = { coverage: null, since: null };

const stateAfter = ({ coverage, since }: State, row: FrameRow): State => ({
  coverage: row.coverage,
  // What there was with the end of a gap had begun in it, or before.
  since: isAnew(coverage, row) ? { at: row.time, isBefore: coverage === null || coverage === 'gap' } : since,
});

/** What a room was for most of a span it was not for all of it: one that was heard in it meanwhile is silent anew. */
const isAnew = (state: Coverage | null, { coverage, covered }: FrameRow): boolean =>
  coverage !== state || (!isKnown(coverage) && covered !== null && covered > 0);

import type { Coverage, ShownRoom } from '../../../services/model/frame.ts';
import type { FrameRow } from '../../read/live-rows.ts';
import type { RoomNow, Since } from './room.ts';
import { createSteps, type Steps } from './steps.ts';

export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A step of the trend, ms: about a pixel of the widest sparkline. */
const TREND_MS = 15_000;
/** Frames of a minute from which on nothing of it is missing. */
const FRAMES_WHOLE = 54;
/** Applause is compared by the minute. */
const CLAPS_MS = MINUTE_MS;

/** What is remembered of one room: a bounded hour, and how it came to its state. */
export type RoomPast = {
  counts: Steps;
  claps: Steps;
  /** of the usual band, once there is one */
  band: { low: Steps; high: Steps } | null;
  coverage: Coverage | null;
  since: Since | null;
  last: RoomNow['last'];
};

const createTrend = () => createSteps(TREND_MS, HOUR_MS / TREND_MS + 1);

export const createRoomPast = (): RoomPast => ({
  counts: createTrend(),
  claps: createSteps(CLAPS_MS, HOUR_MS / CLAPS_MS + 1),
  band: null,
  coverage: null,
  since: null,
  last: null,
});

const isKnown = (coverage: Coverage | null) => coverage === 'good' || coverage === 'thin';

/** A second of a room. */
export function takeSecond(past: RoomPast, frame: ShownRoom, time: number): void {
  const { coverage, occupancy, low, high } = frame;
  if (coverage !== past.coverage) past.since = { at: time, isBefore: past.coverage === null };
  past.coverage = coverage;
  if (frame.claps !== null) past.claps.add(time, frame.claps);
  if (!isKnown(coverage) || occupancy === null) return;
  past.last = { count: occupancy, at: time };
  past.counts.add(time, occupancy);
  if (low === null || high === null) return;
  past.band ??= { low: createTrend(), high: createTrend() };
  past.band.low.add(time, low);
  past.band.high.add(time, high);
}

/** The hour before the first frame, a row a minute, in order of time. What frames have told already stays. */
export function takeHour(past: RoomPast, rows: FrameRow[]): void {
  let [coverage, since, last]: [Coverage | null, Since | null, RoomNow['last']] = [null, null, null];
  for (const row of rows) {
    // What a room was for most of a minute it was not for all of it: one that was heard in it meanwhile is silent anew.
    const isAnew = row.coverage !== coverage || (!isKnown(coverage) && row.covered !== null && row.covered > 0);
    if (isAnew) since = { at: row.time, isBefore: coverage === null };
    coverage = row.coverage;
    // A minute that lacks more than a few frames is a gap of the trend: where in it they are missing is not known.
    const isWhole = row.frames > FRAMES_WHOLE || row === rows.at(-1);
    const until = row.time + (isWhole ? Math.max(row.frames * 1000, MINUTE_MS - 2000) : 0);
    if (row.claps !== null) past.claps.fill(row.time, until, row.claps);
    if (!isKnown(coverage) || row.average === null) continue;
    past.counts.fill(row.time, until, row.average);
    last = { count: Math.round(row.average), at: row.time + MINUTE_MS };
  }
  past.last ??= last;
  if (past.coverage === null || (past.coverage === coverage && past.since?.isBefore)) past.since = since;
  past.coverage ??= coverage;
}

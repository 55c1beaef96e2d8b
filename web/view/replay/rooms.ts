import type { Coverage } from '../../../services/model/frame.ts';
import { sensedIn } from '../../../services/model/sensed.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { type Lane, NONE } from '../../read/tiles.ts';
import type { Usual } from '../../read/usual.ts';
import { type Layer, type RoomNow, type Series, TREND_OF, type Trended } from '../live/room.ts';
import { NO_USUAL, usualAt } from '../live/usual.ts';
import { type Book, COVERAGES, clapsAt, countAt, isCountedAt, timeOf } from './book.ts';

/** Steps that a trend shows, and how far back a last count or the beginning of a state is looked for. */
const [TREND, BACK] = [60, 1440];

/** Where a moment is read: a book or an hour of finer steps, and the place in it. */
export type Place = { book: Book; step: number };

/**
 * What each room was like in a step. `fine`: the same moment by the second, where that is known. Rooms that did not exist
 * then are left out.
 */
export function roomsThen(
  venue: VenueFile,
  place: Place,
  fine: Place | null,
  gateways: Map<string, number>,
  { usual = NO_USUAL, layer = 'occupancy' }: { usual?: Usual | undefined; layer?: Layer } = {},
): Map<string, RoomNow> {
  const { book, step } = place;
  const isGap = book.made[step] === 0;
  const isFineGap = fine !== null && fine.book.made[fine.step] === 0;
  const found = new Map<string, RoomNow>();
  const absent = absentIn(venue, place);
  const sensed = sensedIn(venue);
  for (const { id } of venue.rooms) {
    if (absent.has(id)) continue;
    const lane = book.lanes.get(id);
    const state = lane && stateAt(lane, step);
    const heard = gateways.get(id) ?? 0;
    const isFelt = !sensed.has(id);
    if (lane && state && !isFineGap)
      found.set(id, {
        ...roomThen(id, place, lane, fine, heard, usual),
        isFelt,
        ...trendsOf(book, lane, step, TREND_OF[layer]),
      });
    else if (isGap || state) found.set(id, { ...nothing(id, place, isFineGap ? fine : null, lane, heard), isFelt });
  }
  return found;
}

/**
 * Merged rooms that did not exist, and the parts of those that did: both never stand in one picture. Whichever was there for
 * more of the step; where no frame says, as the venue has the wall.
 */
function absentIn({ merges = [] }: VenueFile, { book, step }: Place): Set<string> {
  const at = timeOf(book, step);
  const framesOf = (room: string) => book.lanes.get(room)?.frames[step] ?? 0;
  const isPlanned = (from: string | number, until: string | number) =>
    new Date(from).getTime() <= at && at < new Date(until).getTime();
  const open = merges.filter(({ room, of, from, until }) => {
    const more = framesOf(room) - Math.max(...of.map(framesOf));
    return more === 0 ? isPlanned(from, until) : more > 0;
  });
  const opened = new Set(open.map(({ room }) => room));
  return new Set([...open.flatMap(({ of }) => of), ...merges.flatMap(({ room }) => (opened.has(room) ? [] : [room]))]);
}

export const stateAt = ({ coverage }: Lane, i: number): Coverage | null =>
  coverage[i] === NONE ? null : COVERAGES[coverage[i]!]!;

/** What steps tell of a room; whether badges alone tell how warm it is, its venue knows. */
type Told = Omit<RoomNow, 'isFelt'>;
type Trends = Pick<RoomNow, 'trend' | 'band'>;

/** A room of a moment without any frame. */
function nothing(
  room: string,
  { book, step }: Place,
  fine: Place | null,
  lane: Lane | undefined,
  gateways: number,
): Told {
  const trend = trendOf(book, step, () => null);
  const coverage = gateways > 0 ? 'gap' : 'unmeasured';
  const exact = fine?.book.lanes.get(room);
  const last = (exact && lastOf(fine!.book, exact, fine!.step)) ?? (lane ? lastOf(book, lane, step) : null);
  const from = fine ? gapFrom(fine.book, fine.step) : 0;
  // What goes back to the beginning of what is read by the second goes on in the minutes before.
  const at = from > 0 ? timeOf(fine!.book, from) : timeOf(book, gapFrom(book, step));
  const since = coverage === 'gap' ? { at, isBefore: false } : null;
  const isRounded = book.rounded !== null;
  const none = {
    count: null,
    isRounded,
    claps: null,
    temperature: null,
    age: null,
    bounds: null,
    usual: null,
    band: null,
  };
  return { room, coverage, last, since, heard: 0, gateways, trend, ...none };
}

/** The first of the steps without a frame that a step is among. */
function gapFrom({ made }: Book, step: number): number {
  let first = step;
  while (first > 0 && made[first - 1] === 0) first -= 1;
  return first;
}

function roomThen(
  room: string,
  place: Place,
  lane: Lane,
  fine: Place | null,
  gateways: number,
  usual: Usual,
): Omit<Told, keyof Trends> {
  const exact = fine?.book.lanes.get(room);
  const [of, i] = exact && stateAt(exact, fine!.step) ? [exact, fine!.step] : [lane, place.step];
  const coverage = stateAt(of, i)!;
  const isKnown = coverage === 'good' || coverage === 'thin';
  const count = countAt(of, i);
  const claps = clapsAt(of, i);
  const hasBounds = isKnown && of.low[i] !== NONE && of.high[i] !== NONE;
  return {
    room,
    coverage,
    count: isKnown && count !== null ? Math.round(count) : null,
    isRounded: place.book.rounded !== null,
    last: isKnown ? null : lastOf(place.book, lane, place.step),
    since: isKnown ? null : sinceOf(place.book, lane, place.step, coverage),
    claps: isKnown && claps !== null ? Math.round(claps) : null,
    temperature: isKnown && of.temperature[i] !== NONE ? of.temperature[i]! / 100 : null,
    age: null,
    heard: of.gateways[i] === NONE ? (coverage === 'gap' ? 0 : null) : of.gateways[i]!,
    gateways,
    bounds: hasBounds ? { low: Math.round(of.low[i]! / 10), high: Math.round(of.high[i]! / 10) } : null,
    usual: hasBounds ? usualAt(usual, room, timeOf(place.book, place.step)) : null,
  };
}

/** Each of a step, where it is known. */
const TOLD: Record<Trended, (lane: Lane, i: number) => number | null> = {
  count: countAt,
  claps: clapsAt,
  temperature: ({ temperature }, i) => (temperature[i] === NONE ? null : temperature[i]! / 100),
};

function trendsOf(book: Book, lane: Lane, step: number, of: Trended): Trends {
  const known = (i: number) => (isCountedAt(lane, i) ? TOLD[of](lane, i) : null);
  const tenths = (of: Int32Array) => trendOf(book, step, (i) => (of[i] === NONE ? null : of[i]! / 10));
  const hasBand = of === 'count' && lane.low[step] !== NONE;
  return {
    trend: trendOf(book, step, known),
    band: hasBand ? { low: tenths(lane.low), high: tenths(lane.high) } : null,
  };
}

function trendOf(book: Book, step: number, value: (i: number) => number | null): Series {
  const first = step - TREND + 1;
  const values = Array.from({ length: TREND }, (_, k) => (first + k < 0 ? null : value(first + k)));
  return { from: timeOf(book, first), stepMs: book.stepMs, values };
}

/** The last count that was known. */
function lastOf(book: Book, lane: Lane, step: number): RoomNow['last'] {
  for (let i = step - 1; i >= Math.max(0, step - BACK); i--) {
    const count = isCountedAt(lane, i) ? countAt(lane, i) : null;
    if (count !== null) return { count: Math.round(count), at: timeOf(book, i) };
  }
  return null;
}

function sinceOf(book: Book, lane: Lane, step: number, coverage: Coverage): RoomNow['since'] {
  if (coverage === 'unmeasured') return null;
  const code = COVERAGES.indexOf(coverage);
  let first = step;
  while (first > 0 && step - first < BACK && lane.coverage[first - 1] === code) first -= 1;
  return { at: timeOf(book, first), isBefore: first === 0 || step - first >= BACK };
}

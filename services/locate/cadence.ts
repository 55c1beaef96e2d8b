import { CADENCE_FIRST_S, GAP_MAX_S, GAPS_MIN, HOUR_MS, HOURS_LEARNT, SECOND_MS, TEACH_MAX_S } from './rule.ts';

const HOUR_S = HOUR_MS / SECOND_MS;
/** Seconds that the ring remembers: what may still be taught, and the gap before it. */
const RING_S = 1024;

/** The gaps of one clock hour: how often each length occurred (`[length, times, …]`, kept two hours), and their median. */
type HourOfGaps = { hour: number; tally: number[]; gaps: number; median: number };

/**
 * In which whole seconds any gateway heard a badge, one bit a second of the last 1024, and the gaps between them.
 * The bits lie in a plain array: a typed one is memory outside the heap, dear where there are 100,000 small ones.
 */
export type Cadence = { bits: number[]; newest: number; hours: HourOfGaps[]; seconds: number };

export const newCadence = (): Cadence => ({
  bits: new Array<number>(RING_S / 32).fill(0),
  newest: Number.NEGATIVE_INFINITY,
  hours: [],
  seconds: CADENCE_FIRST_S,
});

export const copyCadence = (cadence: Cadence): Cadence => ({
  ...cadence,
  bits: cadence.bits.slice(),
  hours: cadence.hours.map((hour) => ({ ...hour, tally: hour.tally.slice() })),
});

/**
 * The badge was heard in whole second `second` (s since 1970); `now` is the second of the tick.
 * A second that comes late splits the gap it lies in. Sets `seconds`, the cadence (NUMBERS: Cadence); true if it moved.
 */
export function hearSecond(cadence: Cadence, second: number, now: number): boolean {
  if (second <= now - TEACH_MAX_S || isHeard(cadence, second)) return false;
  const was = cadence.seconds;
  const before = heardBefore(cadence, second);
  const after = second < cadence.newest ? heardAfter(cadence, second) : 0;
  mark(cadence, second);
  const joined = before && after ? count(cadence, after - before, after, -1) : false;
  const first = before ? count(cadence, second - before, second, 1) : false;
  const last = after ? count(cadence, after - second, after, 1) : false;
  if (joined || first || last) rollHours(cadence, now);
  return cadence.seconds !== was;
}

/** Lets hours go that lie more than 24 back, and reckons the cadence again: as the median of the hours' medians. */
export function rollHours(cadence: Cadence, now: number): void {
  const current = Math.floor(now / HOUR_S);
  if (cadence.hours.some((hour) => hour.hour <= current - HOURS_LEARNT)) {
    cadence.hours = cadence.hours.filter((hour) => hour.hour > current - HOURS_LEARNT);
  }
  let gaps = 0;
  for (const hour of cadence.hours) {
    gaps += hour.gaps;
    if (hour.hour < current - 1 && hour.tally.length > 0) hour.tally = [];
  }
  cadence.seconds = gaps < GAPS_MIN ? CADENCE_FIRST_S : medianOfHours(cadence.hours);
}

function medianOfHours(hours: HourOfGaps[]): number {
  const known = hours.filter((hour) => hour.gaps > 0);
  if (known.length === 1) return known[0]!.median;
  const medians = known.map((hour) => hour.median).sort((a, b) => a - b);
  return (medians[(medians.length - 1) >> 1]! + medians[medians.length >> 1]!) / 2;
}

/** Counts a gap in the hour in which it ended; true if that can move the cadence. */
function count(cadence: Cadence, gap: number, second: number, times: number): boolean {
  if (gap > GAP_MAX_S) return false;
  const hour = hourOf(cadence, Math.floor(second / HOUR_S));
  const { median } = hour;
  let i = 0;
  while (i < hour.tally.length && hour.tally[i]! < gap) i += 2;
  if (hour.tally[i] === gap) hour.tally[i + 1]! += times;
  else hour.tally.splice(i, 0, gap, times);
  hour.gaps += times;
  hour.median = (nthGap(hour, (hour.gaps - 1) >> 1) + nthGap(hour, hour.gaps >> 1)) / 2;
  return hour.median !== median || hour.gaps <= GAPS_MIN;
}

function hourOf(cadence: Cadence, hour: number): HourOfGaps {
  const known = cadence.hours.find((one) => one.hour === hour);
  if (known) return known;
  const made = { hour, tally: [], gaps: 0, median: 0 };
  cadence.hours.push(made);
  return made;
}

function nthGap(hour: HourOfGaps, nth: number): number {
  let before = 0;
  for (let i = 0; i < hour.tally.length; i += 2) {
    before += hour.tally[i + 1]!;
    if (before > nth) return hour.tally[i]!;
  }
  return 0;
}

function isHeard(cadence: Cadence, second: number): boolean {
  if (second > cadence.newest || second <= cadence.newest - RING_S) return false;
  const at = second % RING_S;
  return (cadence.bits[at >> 5]! & (1 << (at & 31))) !== 0;
}

/** The heard second before this one, at most a gap away; 0 if there is none. */
function heardBefore(cadence: Cadence, second: number): number {
  if (second > cadence.newest) return second - cadence.newest <= GAP_MAX_S ? cadence.newest : 0;
  for (let s = second - 1; s >= second - GAP_MAX_S; s -= 1) if (isHeard(cadence, s)) return s;
  return 0;
}

function heardAfter(cadence: Cadence, second: number): number {
  for (let s = second + 1; s <= second + GAP_MAX_S; s += 1) if (isHeard(cadence, s)) return s;
  return 0;
}

function mark(cadence: Cadence, second: number): void {
  const { bits, newest } = cadence;
  if (second - newest >= RING_S) bits.fill(0);
  else for (let s = newest + 1; s <= second; s += 1) bits[(s % RING_S) >> 5]! &= ~(1 << (s & 31));
  bits[(second % RING_S) >> 5]! |= 1 << (second & 31);
  cadence.newest = Math.max(newest, second);
}

import { median, middle } from './median.ts';
import { HOUR_MS, HOURS_LEARNT, LATE_MS } from './rule.ts';

const MINUTE_MS = 60_000;
/** A reading or a fixed sensor's value counts for so long. */
const FRESH_MS = 300_000;
/** Readings from which on a badge's own temperature is known. */
const OWN_MIN = 30;
/** One value for two hours in ten readings is a stuck sensor. */
const FROZEN_MINUTES = 120;
const FROZEN_TIMES = 10;
const DAY_MS = 24 * HOUR_MS;
/** Minutes before the newest reading that can still change: as long as nothing is late, and the one they end in. */
const UNSETTLED = LATE_MS / MINUTE_MS + 1;

/**
 * Readings of one clock hour: by minute of it, `[t, value]`, and the values in order; what is older than the hour before
 * keeps only their median.
 */
type HourOfReadings = {
  hour: number;
  readings: Record<number, [number, number]>;
  values: number[];
  count: number;
  median: number;
};
/**
 * `recent`: `[minute, value, …]` of the readings that a late value can still change, in order, the newest among them;
 * `value … times`: the consecutive readings of one value that ended before. Minutes since 1970.
 */
type Run = { recent: number[]; value: number; since: number; times: number };
/**
 * What one badge feels. Its newest reading is `value` at `t` (ms). Its own temperature is what is learnt of it; `own` has
 * that while it counts: null as long as it is unknown, or the badge frozen.
 */
type Feeling = {
  t: number;
  value: number;
  hours: HourOfReadings[];
  learnt: number | null;
  own: number | null;
  run: Run;
};

/**
 * What badges feel and fixed sensors measure; plain data. Temperatures are whole 0.01 °C. `owns` has those of all badges
 * in order, so that their median costs nothing.
 */
export type Warmth = {
  badges: Map<string, Feeling>;
  owns: number[];
  sensors: Map<string, { t: number; value: number }>;
};

export const newWarmth = (): Warmth => ({ badges: new Map(), owns: [], sensors: new Map() });

/** The newest value of a fixed sensor; the larger on a tie. */
export function takeSensor({ sensors }: Warmth, sensor: string, t: number, celsius: number): void {
  const value = Math.round(celsius * 100);
  const known = sensors.get(sensor);
  if (!known || t > known.t || (t === known.t && value > known.value)) sensors.set(sensor, { t, value });
}

/** What a badge felt at `t` (ms), to be told in the order of t: the last value of a minute is its reading. */
export function takeFeeling(warmth: Warmth, badge: string, t: number, celsius: number): void {
  const value = Math.round(celsius * 100);
  const feeling = warmth.badges.get(badge) ?? newFeeling(t, value);
  warmth.badges.set(badge, feeling);
  const isRead = read(feeling, t, value);
  if (isRead) {
    learn(feeling);
    extend(feeling.run, Math.floor(t / MINUTE_MS), value);
  }
  const isNewest = t > feeling.t || (t === feeling.t && value > feeling.value);
  if (isNewest) {
    feeling.t = t;
    feeling.value = value;
    settle(feeling.run, Math.floor(t / MINUTE_MS) - UNSETTLED);
  }
  if (isRead || isNewest) count(warmth, feeling);
}

const newFeeling = (t: number, value: number): Feeling => ({
  t,
  value,
  hours: [],
  learnt: null,
  own: null,
  run: { recent: [], value: Number.NaN, since: 0, times: 0 },
});

/** The reading of a minute is `value`, for now. */
function extend({ recent }: Run, minute: number, value: number): void {
  let i = recent.length;
  while (i > 0 && recent[i - 2]! >= minute) i -= 2;
  recent.splice(i, recent[i] === minute ? 2 : 0, minute, value);
}

/** Readings before `minute` are changed by nothing any more. */
function settle(run: Run, minute: number): void {
  let i = 0;
  for (; i < run.recent.length && run.recent[i]! < minute; i += 2) {
    const [since, value] = [run.recent[i]!, run.recent[i + 1]!];
    if (run.value === value) run.times += 1;
    else Object.assign(run, { value, since, times: 1 });
  }
  run.recent.splice(0, i);
}

/** Keeps the value with the greatest t of its minute, the largest on a tie; true if that changed what is learnt. */
function read({ hours }: Feeling, t: number, value: number): boolean {
  const at = Math.floor(t / HOUR_MS);
  let hour = hours.find((one) => one.hour === at);
  if (!hour) {
    if (hours.some((one) => one.hour > at + 1)) return false;
    hour = { hour: at, readings: {}, values: [], count: 0, median: 0 };
    hours.push(hour);
  }
  const minute = Math.floor(t / MINUTE_MS) % 60;
  const known = hour.readings[minute];
  if (known && (known[0] > t || (known[0] === t && known[1] >= value))) return false;
  hour.readings[minute] = [t, value];
  if (known?.[1] === value) return false;
  if (known) hour.values.splice(placeIn(hour.values, known[1]), 1);
  hour.values.splice(placeIn(hour.values, value), 0, value);
  hour.count = hour.values.length;
  hour.median = middle(hour.values)!;
  return true;
}

/** A badge's own temperature: the median of its hours' medians (NUMBERS: Temperature). */
function learn(feeling: Feeling): void {
  const readings = feeling.hours.reduce((sum, hour) => sum + hour.count, 0);
  feeling.learnt = readings < OWN_MIN ? null : median(feeling.hours.map((hour) => hour.median));
}

/** Its place among those of all badges. */
function count({ owns }: Warmth, feeling: Feeling): void {
  const own = feeling.learnt !== null && !isFrozen(feeling) ? feeling.learnt : null;
  if (own === feeling.own) return;
  if (feeling.own !== null) owns.splice(placeIn(owns, feeling.own), 1);
  if (own !== null) owns.splice(placeIn(owns, own), 0, own);
  feeling.own = own;
}

/** The first place whose value is no less. */
function placeIn(ordered: readonly number[], value: number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At each clock hour: hours that lie 24 back are unlearnt, badges that were silent for a day forgotten. */
export function sweepWarmth(warmth: Warmth, now: number): void {
  const current = Math.floor(now / HOUR_MS);
  for (const [badge, feeling] of warmth.badges) {
    const isOver = now - feeling.t > DAY_MS;
    feeling.hours = feeling.hours.filter((hour) => !isOver && hour.hour > current - HOURS_LEARNT);
    for (const hour of feeling.hours) if (hour.hour < current - 1) Object.assign(hour, { readings: {}, values: [] });
    learn(feeling);
    count(warmth, feeling);
    if (isOver) warmth.badges.delete(badge);
  }
}

/** Goes back through the readings that have the newest value. */
function isFrozen({ run, t, value }: Feeling): boolean {
  const { recent } = run;
  let [since, times] = [t / MINUTE_MS, 0];
  let i = recent.length - 2;
  for (; i >= 0 && recent[i + 1] === value; i -= 2) {
    since = recent[i]!;
    times += 1;
  }
  if (i < 0 && run.value === value) [since, times] = [run.since, times + run.times];
  return times >= FROZEN_TIMES && Math.floor(t / MINUTE_MS) - since >= FROZEN_MINUTES;
}

/** The median of what all badges call their own, 0.01 °C; null while none knows it. */
export function venueTemperature({ owns }: Warmth): number | null {
  return middle(owns);
}

/** By how much a badge feels it warmer than usual at `now`, 0.01 °C; null if it says nothing that counts. */
export function excessOf({ badges }: Warmth, badge: string, now: number): number | null {
  const feeling = badges.get(badge);
  if (!feeling || feeling.own === null || now - feeling.t > FRESH_MS) return null;
  return feeling.value - feeling.own;
}

/** What the fixed sensors of a room say at `now`, 0.01 °C: the median of those that spoke; null if none did. */
export function measured({ sensors }: Warmth, ids: readonly string[], now: number): number | null {
  if (ids.length === 0) return null;
  const values = ids.map((id) => sensors.get(id)).filter((one) => one !== undefined && now - one.t <= FRESH_MS);
  return median(values.map((one) => one!.value));
}

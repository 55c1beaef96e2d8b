import { type Cadence, hearSecond, newCadence, rollHours } from './cadence.ts';
import { HOUR_MS, HOURS_LEARNT, LATE_MS, SECOND_MS } from './rule.ts';

const MINUTE_MS = 60_000;
/** How long a gateway may be quiet before it is silent: 2.5 of its usual pauses, within these bounds. */
const PAUSES = 2.5;
const QUIET_MIN_MS = 30_000;
const QUIET_MAX_MS = 300_000;
/** A minute is busy for a gateway if others heard so many badges in it. */
const BUSY_BADGES = 10;
/** Busy minutes from which on it is known how often a gateway hears somebody. */
const LEARNT_MIN = 30;
/** A silence is deafness when its own past makes it a one-in-a-thousand chance, in so many minutes. */
const CHANCE = 0.001;
const MINUTES_MIN = 2;
const MINUTES_MAX = 15;
/** A clock is behind when the least `received − time` of two quarters of an hour, one after the other, is beyond this and the same within it. */
const SKEW_MIN_MS = 2000;
const QUARTER_MS = 900_000;

/** Minutes that are kept: those a late observation can still change, and those that deafness looks at. */
const MINUTES_KEPT = MINUTES_MAX + LATE_MS / MINUTE_MS + 1;

/** Who heard badges in one minute. `sole`: badge → the only gateway that heard it, or null where two did. */
type Minute = {
  minute: number;
  heard: Set<string>;
  sole: Map<string, string | null>;
  shared: number;
  taught: boolean;
};
/** One gateway: when it spoke last (ms), its usual pause, and by clock hour its busy minutes and those in which it heard. */
type Ear = {
  newest: number;
  pause: Cadence;
  hours: { hour: number; busy: number; heard: number }[];
  /** of the last two quarters of an hour in which it spoke: the least ms from its word to us */
  delays: { quarter: number; least: number }[];
};

/** What gateways hear; plain data. */
export type Hearing = { ears: Map<string, Ear>; minutes: Map<number, Minute> };

export const newHearing = (): Hearing => ({ ears: new Map(), minutes: new Map() });

/** A gateway spoke at `t` (ms), of a badge or, null, of itself; it was received `delay` ms after that. */
export function takeEar(
  { ears, minutes }: Hearing,
  gateway: string,
  badge: string | null,
  t: number,
  now: number,
  delay = 0,
): void {
  const ear = ears.get(gateway) ?? { newest: Number.NEGATIVE_INFINITY, pause: newCadence(), hours: [], delays: [] };
  ears.set(gateway, ear);
  noteDelay(ear, Math.floor(t / QUARTER_MS), delay);
  ear.newest = Math.max(ear.newest, t);
  hearSecond(ear.pause, Math.floor(t / SECOND_MS), now / SECOND_MS);
  if (badge !== null) hearIn(minuteOf(minutes, Math.floor(t / MINUTE_MS)), gateway, badge);
}

function noteDelay(ear: Ear, quarter: number, delay: number): void {
  const known = ear.delays.find((one) => one.quarter === quarter);
  if (known) known.least = Math.min(known.least, delay);
  else ear.delays = [...ear.delays, { quarter, least: delay }].sort((a, b) => a.quarter - b.quarter).slice(-2);
}

/** How far a clock is behind, ms (NUMBERS: skew), as far as can be told by now: at once when it is set right. */
function skewOf({ delays: [before, last] }: Ear): number {
  if (!before || !last || last.quarter !== before.quarter + 1) return 0;
  const [least, most] = [Math.min(before.least, last.least), Math.max(before.least, last.least)];
  return least > SKEW_MIN_MS && most - least <= SKEW_MIN_MS ? least : 0;
}

function minuteOf(minutes: Hearing['minutes'], minute: number): Minute {
  const known = minutes.get(minute);
  if (known) return known;
  const made = { minute, heard: new Set<string>(), sole: new Map<string, string | null>(), shared: 0, taught: false };
  minutes.set(minute, made);
  return made;
}

function hearIn(minute: Minute, gateway: string, badge: string): void {
  minute.heard.add(gateway);
  // Ten badges that two gateways heard make the minute busy for everybody: who else was heard does not matter.
  if (minute.shared >= BUSY_BADGES) return;
  const only = minute.sole.get(badge);
  if (only === undefined) minute.sole.set(badge, gateway);
  else if (only !== null && only !== gateway) {
    minute.sole.set(badge, null);
    minute.shared += 1;
  }
}

/** Ten or more badges were heard by other gateways than this one. */
function isBusy(minute: Minute | undefined, gateway: string): boolean {
  if (!minute) return false;
  if (minute.shared >= BUSY_BADGES) return true;
  let others = 0;
  for (const only of minute.sole.values()) if (only !== gateway && ++others >= BUSY_BADGES) return true;
  return false;
}

/** Once a minute: what nothing can change any more is learnt, what nobody looks at again is let go. */
export function tickHearing({ ears, minutes }: Hearing, now: number): void {
  if (now % MINUTE_MS !== 0) return;
  const settled = Math.floor((now - LATE_MS) / MINUTE_MS);
  for (const minute of [...minutes.values()].sort((a, b) => a.minute - b.minute)) {
    if (minute.minute >= settled || minute.taught) continue;
    minute.taught = true;
    for (const [gateway, ear] of ears) if (isBusy(minute, gateway)) learn(ear, minute, gateway);
  }
  for (const minute of minutes.keys()) if (minute < now / MINUTE_MS - MINUTES_KEPT) minutes.delete(minute);
  if (now % HOUR_MS === 0) for (const ear of ears.values()) unlearn(ear, now);
}

function learn(ear: Ear, { minute, heard }: Minute, gateway: string): void {
  const at = Math.floor((minute * MINUTE_MS) / HOUR_MS);
  let hour = ear.hours.find((one) => one.hour === at);
  if (!hour) {
    hour = { hour: at, busy: 0, heard: 0 };
    ear.hours.push(hour);
  }
  hour.busy += 1;
  if (heard.has(gateway)) hour.heard += 1;
}

function unlearn(ear: Ear, now: number): void {
  const current = Math.floor(now / HOUR_MS);
  ear.hours = ear.hours.filter((hour) => hour.hour > current - HOURS_LEARNT);
  rollHours(ear.pause, now / SECOND_MS);
}

/** What a gateway is like at `now`: it is silent, or it speaks and hears nobody, or it is well. */
export type Wellness = 'silent' | 'deaf' | 'good';

export function wellnessOf(hearing: Hearing, gateway: string, now: number): Wellness {
  const ear = hearing.ears.get(gateway);
  if (!ear) return 'silent';
  const patience = Math.min(QUIET_MAX_MS, Math.max(QUIET_MIN_MS, PAUSES * ear.pause.seconds * SECOND_MS));
  if (ear.newest + skewOf(ear) <= now - patience) return 'silent';
  return isDeaf(hearing, ear, gateway, now) ? 'deaf' : 'good';
}

/** It heard nobody in each of the last n whole minutes, all busy, n the least with (1 − q)ⁿ ≤ 0.001. */
function isDeaf({ minutes }: Hearing, { hours }: Ear, gateway: string, now: number): boolean {
  const last = Math.floor(now / MINUTE_MS) - 1;
  const missed = (minute: number) => isBusy(minutes.get(minute), gateway) && !minutes.get(minute)!.heard.has(gateway);
  // Nearly every gateway heard somebody a minute ago: that is asked first.
  if (!missed(last)) return false;
  const busy = hours.reduce((sum, hour) => sum + hour.busy, 0);
  if (busy < LEARNT_MIN) return false;
  const q = hours.reduce((sum, hour) => sum + hour.heard, 0) / busy;
  const n = Math.max(MINUTES_MIN, minutesToDoubt(q));
  if (n > MINUTES_MAX) return false;
  for (let i = 1; i < n; i++) if (!missed(last - i)) return false;
  return true;
}

/** The least n with (1 − q)ⁿ ≤ 0.001, found by multiplying, so that no logarithm rounds it. */
function minutesToDoubt(q: number): number {
  let chance = 1;
  let n = 0;
  while (chance > CHANCE && n <= MINUTES_MAX) {
    chance *= 1 - q;
    n += 1;
  }
  return n;
}

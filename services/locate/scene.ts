import { type Badge, givenUpAt, type Standing } from './badge.ts';
import { strongest, type Weighed, weigh } from './decide.ts';
import type { Ear } from './mute.ts';
import type { Places } from './places.ts';
import { LATE_MS, type Weighing } from './rule.ts';
import { type Alarm, createAlarm } from './wake.ts';

/** From `time` on a badge is in `room`, or nowhere; `heard` is when a known gateway last heard it. Times are UTC ms. */
export type Change = Standing & { badge: string; time: number; heard: number };

/** The badges as they stand at second `now`, and who changed in it. */
export type Scene = {
  places: Places;
  zone: string;
  weighing: Weighing;
  badges: Map<string, Badge>;
  /** by gateway */
  ears: Map<string, Ear>;
  alarm: Alarm<Badge>;
  changed: Set<Badge>;
  now: number;
  midnight: number;
};

export const createScene = (places: Places, zone: string, weighing: Weighing): Scene => ({
  places,
  zone,
  weighing,
  badges: new Map(),
  ears: new Map(),
  alarm: createAlarm(),
  changed: new Set(),
  now: Number.NEGATIVE_INFINITY,
  midnight: Number.NEGATIVE_INFINITY,
});

/** Looks at the badge again when it would be given up, unless that is to happen sooner anyway. */
export function sleep(scene: Scene, badge: Badge): void {
  if (badge.room === null) return;
  const due = Math.max(scene.now, givenUpAt(badge));
  if (due >= badge.wake) return;
  badge.wake = due;
  scene.alarm.set(due, badge);
}

/** Puts the badge in `room`, or nowhere: a visit begins. */
export function stand(scene: Scene, badge: Badge, room: string | null, reason: string): void {
  badge.room = room;
  badge.visit = scene.now;
  badge.parked = false;
  badge.reason = reason;
  scene.changed.add(badge);
}

/** Over the last `window` ms, of which no more than `LATE_MS` is kept for certain. */
export const weighSince = ({ places, now, weighing }: Scene, badge: Badge, window: number): Weighed =>
  weigh(badge, places, now - Math.min(LATE_MS, window), weighing.quantile);

/** The strongest level over such a window, dBm: `weighSince` without its rooms. −Infinity: none. */
export const strongestSince = ({ places, now, weighing }: Scene, badge: Badge, window: number): number =>
  strongest(badge, places, now - Math.min(LATE_MS, window), weighing.quantile);

/** Where it is or, given up, last was: silence is no sign of a move, so another room still has to win by the margin. */
export const homeOf = (badge: Badge): string | null => badge.room ?? badge.rest.room;

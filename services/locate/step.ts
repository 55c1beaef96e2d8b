import type { Sighting } from '../model/observation.ts';
import { type Badge, boundGateways, forgetSamples, givenUpAt, isForgotten, newBadge, type Standing } from './badge.ts';
import { hearSecond, rollHours } from './cadence.ts';
import { choose, clear, heaviest, reasonOf, type Weighed, weigh } from './decide.ts';
import { nextMidnight } from './midnight.ts';
import type { Places } from './places.ts';
import { restAt } from './rest.ts';
import { HOUR_MS, LATE_MS, SECOND_MS, type Weighing } from './rule.ts';
import { keep, newSamples } from './samples.ts';
import { type Alarm, createAlarm } from './wake.ts';

/** From `time` on a badge is in `room`, or nowhere; `heard` is when a known gateway last heard it. Times are UTC ms. */
export type Change = Standing & { badge: string; time: number; heard: number };

/** The badges as they stand at second `now`, and who changed in it. */
export type Scene = {
  places: Places;
  zone: string;
  weighing: Weighing;
  badges: Map<string, Badge>;
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
  alarm: createAlarm(),
  changed: new Set(),
  now: Number.NEGATIVE_INFINITY,
  midnight: Number.NEGATIVE_INFINITY,
});

/** One second, `scene.now`: what was heard, who lives behind which wall, decisions, silence, midnight, in this order. */
export function step(scene: Scene, taken: Sighting[]): Change[] {
  const { now } = scene;
  if (now % LATE_MS === 0) sweep(scene);
  const isWallMoved = scene.places.at(now);
  const heard = hear(scene, taken);
  if (isWallMoved) for (const badge of scene.badges.values()) rehouse(scene, badge);
  for (const badge of heard) decide(scene, badge);
  for (const badge of scene.alarm.ring(now)) giveUp(scene, badge);
  if (now >= scene.midnight) cutAtMidnight(scene);
  return scene.changed.size > 0 ? changes(scene) : [];
}

/** Looks at the badge again when it would be given up, unless that is to happen sooner anyway. */
export function sleep(scene: Scene, badge: Badge): void {
  if (badge.room === null) return;
  const due = Math.max(scene.now, givenUpAt(badge));
  if (due >= badge.wake) return;
  badge.wake = due;
  scene.alarm.set(due, badge);
}

function sweep(scene: Scene): void {
  const { now, badges } = scene;
  for (const badge of badges.values()) {
    forgetSamples(badge, now);
    if (now % HOUR_MS !== 0) continue;
    rollHours(badge.cadence, now / SECOND_MS);
    if (isForgotten(badge, now)) badges.delete(badge.id);
    else sleep(scene, badge);
  }
}

/**
 * Keeps what was taken, in the order received: of two copies of a sighting the first tells when it counts. Ties go by
 * content, so that nothing depends on the order in which they were handed over.
 */
function hear(scene: Scene, taken: Sighting[]): Badge[] {
  const heard: Badge[] = [];
  if (!isInOrder(taken)) taken.sort(inOrder);
  for (const sighting of taken) {
    const badge = badgeOf(scene, sighting.badge);
    if (!hearOne(scene, badge, sighting) || badge.news === scene.now) continue;
    badge.news = scene.now;
    heard.push(badge);
  }
  return heard;
}

function isInOrder(taken: Sighting[]): boolean {
  for (let i = 1; i < taken.length; i += 1) if (inOrder(taken[i - 1]!, taken[i]!) > 0) return false;
  return true;
}

const inOrder = (a: Sighting, b: Sighting): number => a.received - b.received || a.time - b.time || a.rssi - b.rssi;

function badgeOf(scene: Scene, id: string): Badge {
  const known = scene.badges.get(id);
  if (known !== undefined && !isForgotten(known, scene.now)) return known;
  const badge = newBadge(id);
  scene.badges.set(id, badge);
  return badge;
}

/** Returns whether something new was kept. */
function hearOne(scene: Scene, badge: Badge, { gateway, time, received, rssi }: Sighting): boolean {
  const t = Math.min(time, received);
  const samples = badge.samples.get(gateway) ?? newSamples();
  if (samples.kept.length === 0) badge.samples.set(gateway, samples);
  const kept = keep(samples, time, t, rssi, scene.now);
  if (kept === 'new' || kept === 'old') {
    const isTaught = hearSecond(badge.cadence, Math.floor(t / SECOND_MS), scene.now / SECOND_MS);
    if (isTaught) sleep(scene, badge);
    if (t > badge.heard && isKnown(scene.places, gateway, t)) badge.heard = t;
  }
  return kept === 'new' || kept === 'louder';
}

function isKnown(places: Places, gateway: string, t: number): boolean {
  const post = places.postOf(gateway);
  return (post !== undefined && post.from <= t) || places.knew(gateway, t);
}

function decide(scene: Scene, badge: Badge): void {
  boundGateways(badge);
  if (givenUpAt(badge) <= scene.now) return;
  const { windowCadences, marginDb } = scene.weighing;
  const weighed = weighSince(scene, badge, windowCadences * badge.cadence.seconds * SECOND_MS);
  const room = choose(weighed.rooms, homeOf(badge), marginDb);
  if (room !== undefined && room.id !== badge.room) stand(scene, badge, room.id, reasonOf(room, weighed.rooms));
  if (weighed.rooms.length > 0) rest(scene, badge, weighed);
  clear(weighed.rooms);
  sleep(scene, badge);
}

/** Over the last `window` ms, of which no more than `LATE_MS` is kept for certain. */
const weighSince = ({ places, now, weighing }: Scene, badge: Badge, window: number): Weighed =>
  weigh(badge, places, now - Math.min(LATE_MS, window), weighing.quantile);

/** Where it is or, given up, last was: silence is no sign of a move, so another room still has to win by the margin. */
const homeOf = (badge: Badge): string | null => badge.room ?? badge.rest.room;

function rest(scene: Scene, badge: Badge, weighed: Weighed): void {
  const parked = restAt(badge.rest, badge.room!, weighed.strongest, scene.now);
  if (parked === badge.parked) return;
  badge.parked = parked;
  if (!scene.changed.has(badge))
    badge.reason = parked ? 'parked: within 6 dB for 4 h' : 'no longer parked: its level moved by more than 6 dB';
  scene.changed.add(badge);
}

function stand(scene: Scene, badge: Badge, room: string | null, reason: string): void {
  badge.room = room;
  badge.visit = scene.now;
  badge.parked = false;
  badge.reason = reason;
  scene.changed.add(badge);
}

/** A wall was opened or closed: who was in a part is in the whole, and who was in the whole is in its heaviest part. */
function rehouse(scene: Scene, badge: Badge): void {
  const home = homeOf(badge);
  if (home === null) return;
  const whole = scene.places.roomOf(home).id;
  const parts = scene.places.partsOf(home);
  if (whole !== home) {
    carry(scene, badge, whole, `${whole} opened`);
  } else if (parts.length > 0) {
    const { rooms } = weighSince(scene, badge, LATE_MS);
    const part = heaviest(rooms.filter((room) => parts.includes(room))) ?? parts[0]!;
    carry(scene, badge, part.id, `${home} closed: ${reasonOf(part, rooms)}`);
    clear(rooms);
  }
}

/** The room is called otherwise, the badge has not moved: it stays parked and keeps its steady past. */
function carry(scene: Scene, badge: Badge, room: string, reason: string): void {
  const { parked } = badge;
  badge.rest.room = room;
  if (badge.room === null) return;
  stand(scene, badge, room, reason);
  badge.parked = parked;
}

function giveUp(scene: Scene, badge: Badge): void {
  if (badge.wake !== scene.now) return;
  badge.wake = Number.POSITIVE_INFINITY;
  if (givenUpAt(badge) > scene.now) sleep(scene, badge);
  else stand(scene, badge, null, 'silent');
}

function cutAtMidnight(scene: Scene): void {
  const isFirst = scene.midnight === Number.NEGATIVE_INFINITY;
  scene.midnight = nextMidnight(scene.zone, scene.now);
  if (isFirst) return;
  for (const badge of scene.badges.values()) if (badge.room !== null) scene.changed.add(badge);
}

function changes(scene: Scene): Change[] {
  const made = Array.from(scene.changed, ({ id, room, parked, visit, reason, heard }) => ({
    badge: id,
    time: scene.now,
    room,
    parked,
    visit,
    heard,
    reason,
  }));
  scene.changed.clear();
  return made.sort((a, b) => (a.badge < b.badge ? -1 : 1));
}

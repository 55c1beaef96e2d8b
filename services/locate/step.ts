import type { Sighting } from '../model/observation.ts';
import { type Badge, boundGateways, forgetSamples, givenUpAt, isForgotten } from './badge.ts';
import { rollHours } from './cadence.ts';
import { choose, clear, reasonOf } from './decide.ts';
import { hear } from './hear.ts';
import { nextMidnight } from './midnight.ts';
import { forgetEars, note, recall } from './mute.ts';
import { restAt } from './rest.ts';
import { HOUR_MS, LATE_MS, SECOND_MS, WINDOW_MAX_MS } from './rule.ts';
import { type Change, homeOf, type Scene, sleep, stand, strongestSince, weighSince } from './scene.ts';
import { rehouse } from './walls.ts';

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

function sweep(scene: Scene): void {
  const { now, badges } = scene;
  if (now % HOUR_MS === 0) forgetEars(scene.ears, now);
  for (const badge of badges.values()) {
    forgetSamples(badge, now);
    if (now % HOUR_MS !== 0) continue;
    rollHours(badge.cadence, now / SECOND_MS);
    if (isForgotten(badge, now)) badges.delete(badge.id);
    else sleep(scene, badge);
  }
}

function decide(scene: Scene, badge: Badge): void {
  boundGateways(badge);
  if (givenUpAt(badge) <= scene.now) return;
  const { windowCadences, marginDb } = scene.weighing;
  const window = windowCadences * badge.cadence.seconds * SECOND_MS;
  // Whether it lies still is told by as many of its words as there are: a table is not left in a hurry.
  const steady = window > WINDOW_MAX_MS ? strongestSince(scene, badge, window) : null;
  const short = Math.min(WINDOW_MAX_MS, window);
  const weighed = weighSince(scene, badge, short);
  const isHeld = recall(scene, badge, homeOf(badge), weighed.rooms, short);
  const room = choose(weighed.rooms, homeOf(badge), marginDb);
  if (room !== undefined && room.id !== badge.room) stand(scene, badge, room.id, reasonOf(room, weighed.rooms));
  if (weighed.rooms.length > 0 && !isHeld) rest(scene, badge, steady ?? weighed.strongest);
  clear(weighed.rooms);
  sleep(scene, badge);
}

function rest(scene: Scene, badge: Badge, level: number): void {
  const parked = restAt(badge.rest, badge.room!, level, scene.now);
  if (parked === badge.parked) return;
  badge.parked = parked;
  if (!scene.changed.has(badge))
    badge.reason = parked ? 'parked: within 6 dB for 4 h' : 'no longer parked: its level moved by more than 6 dB';
  scene.changed.add(badge);
}

function giveUp(scene: Scene, badge: Badge): void {
  if (badge.wake !== scene.now) return;
  badge.wake = Number.POSITIVE_INFINITY;
  if (givenUpAt(badge) > scene.now) sleep(scene, badge);
  else {
    note(scene, badge, scene.places.roomOf(badge.room!));
    stand(scene, badge, null, 'silent');
  }
}

function cutAtMidnight(scene: Scene): void {
  scene.midnight = nextMidnight(scene.zone, scene.now);
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

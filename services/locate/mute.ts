import type { Badge } from './badge.ts';
import { weight, weightsIn } from './decide.ts';
import type { Room } from './places.ts';
import { CROWD, FORGET_MS, LATE_MS, MUTE_MS, RISE_DB, UNHEARD_DBM, WEIGHT_DB } from './rule.ts';
import { newest } from './samples.ts';
import type { Scene } from './scene.ts';

const MINUTE_MS = 60_000;
const RISE = 10 ** (RISE_DB / WEIGHT_DB);
const UNHEARD = weight(UNHEARD_DBM);

/** When a gateway heard a badge last (UTC ms), who it heard in that minute, and how many in the one before: up to a crowd. */
export type Ear = { newest: number; minute: number; badges: Set<string>; before: number };

/** By room how heavy each was to a badge when its own last heard it, and the gateways there. */
export type Held = { room: string; weights: Map<string, number>; gateways: string[] };

/** A gateway heard a badge at `t`, UTC ms. */
export function listen(ears: Map<string, Ear>, gateway: string, badge: string, t: number): void {
  const minute = Math.floor(t / MINUTE_MS);
  const ear = ears.get(gateway);
  if (!ear) {
    ears.set(gateway, { newest: t, minute, badges: new Set([badge]), before: 0 });
    return;
  }
  if (t > ear.newest) ear.newest = t;
  if (minute > ear.minute) {
    ear.before = minute === ear.minute + 1 ? ear.badges.size : 0;
    ear.minute = minute;
    ear.badges = new Set();
  }
  if (minute === ear.minute && ear.badges.size < CROWD) ear.badges.add(badge);
}

/** Lets go of gateways that a day went by without. */
export function forgetEars(ears: Map<string, Ear>, now: number): void {
  for (const [gateway, { newest }] of ears) if (now - newest > FORGET_MS) ears.delete(gateway);
}

export const copyEar = (ear: Ear): Ear => ({ ...ear, badges: new Set(ear.badges) });

/**
 * Adds the room a badge is in, `home`, to those that were weighed over `window` ms where it says nothing because its gateways have
 * fallen mute: as heavy as it was, for their silence is no sign of a move, unless another is heard much louder than it was. Returns
 * whether it did.
 */
export function recall(scene: Scene, badge: Badge, home: string | null, rooms: Room[], window: number): boolean {
  if (home === null || rooms.length === 0) return false;
  const room = scene.places.roomOf(home);
  if (room.weight > 0) {
    badge.held = null;
    return false;
  }
  const { weights, gateways } = note(scene, badge, room);
  const since = scene.now - Math.min(MUTE_MS, window);
  const own = weights.get(room.id);
  if (own === undefined || !gateways.every((gateway) => isMute(scene.ears.get(gateway), since))) return false;
  if (rooms.some((other) => other.weight > RISE * (weights.get(other.id) ?? UNHEARD))) return false;
  room.weight = own;
  rooms.push(room);
  return true;
}

/** Keeps what the gateways said of a badge when its room was last heard, before it is too old to be kept. */
export function note({ places, now, weighing }: Scene, badge: Badge, room: Room): Held {
  if (badge.held?.room === room.id) return badge.held;
  const gateways = [...badge.samples.keys()].filter((gateway) => places.postOf(gateway)?.room === room);
  const last = Math.max(...gateways.map((gateway) => newest(badge.samples.get(gateway)!)));
  const weights = weightsIn(badge, places, now - LATE_MS, last, weighing.quantile);
  badge.held = { room: room.id, weights, gateways };
  return badge.held;
}

/** It heard a crowd, then nobody: not all of them leave at once. */
const isMute = (ear: Ear | undefined, since: number): boolean =>
  ear !== undefined && ear.newest <= since && Math.max(ear.badges.size, ear.before) >= CROWD;

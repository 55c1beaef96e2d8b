import type { Badge } from './badge.ts';
import type { Places, Post, Room } from './places.ts';
import { WEIGHT_DB } from './rule.ts';
import { loudest, newest, quantileSince, type Samples } from './samples.ts';

/** Weight at −100 dBm. Weights are whole numbers, so that their sums do not depend on order. */
const WEIGHT_UNIT = 2 ** 20;
/** Levels a gateway can have: RSSI −127…20 dBm and an offset of at most 60 dB. */
const LEVEL_MIN = -187;
const LEVEL_MAX = 80;

/** What the gateways say of a badge: the rooms they stand in, weighed, in no order, and the strongest level, dBm. */
export type Weighed = { rooms: Room[]; strongest: number };

/**
 * Weighs the rooms by the sum over their gateways, each at the level (a quantile) it heard the badge with
 * after `since`. A gateway that was moved counts from its new place on. The weights hold until `clear`.
 */
export function weigh(badge: Badge, places: Places, since: number, quantile: number): Weighed {
  const rooms: Room[] = [];
  let strongest = Number.NEGATIVE_INFINITY;
  for (const [gateway, samples] of badge.samples) {
    if (newest(samples) <= since) continue;
    const post = places.postOf(gateway);
    if (post === undefined) continue;
    const level = levelIn(samples, post, since, quantile);
    if (Number.isNaN(level)) continue;
    const { room } = post;
    if (room.weight === 0) rooms.push(room);
    room.weight += WEIGHTS[level - LEVEL_MIN] ?? weight(level);
    strongest = Math.max(strongest, level);
  }
  return { rooms, strongest };
}

/** A sighting at the very instant of `from` counts: times are whole ms. NaN: none. */
const levelIn = (samples: Samples, post: Post, since: number, quantile: number): number =>
  quantileSince(samples, Math.max(since, post.from - 1), quantile) + post.offset;

/** How heavy the rooms were by the same rule, by id: of what was heard after `since` and up to `until`. */
export function weightsIn(badge: Badge, places: Places, since: number, until: number, quantile: number) {
  const weights = new Map<string, number>();
  for (const [gateway, samples] of badge.samples) {
    const post = places.postOf(gateway);
    if (post === undefined) continue;
    const level = quantileSince(samples, Math.max(since, post.from - 1), quantile, until) + post.offset;
    if (Number.isNaN(level)) continue;
    weights.set(post.room.id, (weights.get(post.room.id) ?? 0) + (WEIGHTS[level - LEVEL_MIN] ?? weight(level)));
  }
  return weights;
}

/** The level of the loudest gateway by the same rule, dBm; −Infinity: none heard it. */
export function strongest(badge: Badge, places: Places, since: number, quantile: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const [gateway, samples] of badge.samples) {
    if (newest(samples) <= since) continue;
    const post = places.postOf(gateway);
    if (post === undefined || loudest(samples) + post.offset <= most) continue;
    const level = levelIn(samples, post, since, quantile);
    if (level > most) most = level;
  }
  return most;
}

/** The room to be in: the heaviest, or `home` unless that outweighs it by the margin, dB; undefined if none was heard. */
export function choose(rooms: Room[], home: string | null, marginDb: number): Room | undefined {
  const best = heaviest(rooms);
  const present = rooms.find((room) => room.id === home);
  if (present === undefined || present === best) return best;
  return best!.weight < present.weight * 10 ** (marginDb / WEIGHT_DB) ? present : best;
}

/** Why a badge is in `room`: `hall-1 −58 dBm, next foyer −66 dBm`. */
export function reasonOf(room: Room, rooms: Room[]): string {
  const next = heaviest(rooms.filter((other) => other !== room));
  return `${levelled(room)}, ${next ? `next ${levelled(next)}` : 'no other room'}`;
}

/** Ties go to the smaller id, never to the order of arrival. */
export const heaviest = (rooms: Room[]): Room | undefined =>
  rooms.reduce<Room | undefined>((best, room) => (best && !isHeavier(room, best) ? best : room), undefined);

export function clear(rooms: Room[]): void {
  for (const room of rooms) room.weight = 0;
}

const isHeavier = (a: Room, b: Room): boolean => a.weight > b.weight || (a.weight === b.weight && a.id < b.id);

export const weight = (level: number): number =>
  Math.max(1, Math.round(WEIGHT_UNIT * 10 ** ((level + 100) / WEIGHT_DB)));

/** By whole dB from `LEVEL_MIN`: powers are dear. */
const WEIGHTS = Array.from({ length: LEVEL_MAX - LEVEL_MIN + 1 }, (_, i) => weight(LEVEL_MIN + i));

/** The level that a room's weight amounts to, dBm. */
export const levelOf = ({ weight }: Room): number => WEIGHT_DB * Math.log10(Math.max(1, weight) / WEIGHT_UNIT) - 100;

function levelled(room: Room): string {
  const dBm = Math.round(levelOf(room));
  return `${room.id} ${dBm < 0 ? '−' : ''}${Math.abs(dBm)} dBm`;
}

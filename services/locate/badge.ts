import { type Cadence, copyCadence, newCadence } from './cadence.ts';
import type { Held } from './mute.ts';
import { copyRest, newRest, type Rest } from './rest.ts';
import { FORGET_MS, GATEWAYS_MAX, GIVE_UP_CADENCES, GIVE_UP_MAX_MS, GIVE_UP_MIN_MS, SECOND_MS } from './rule.ts';
import { areLate, copySamples, newest, type Samples } from './samples.ts';

/** What of a badge other people can see: a change of it is a change of presence. */
export type Standing = { room: string | null; parked: boolean; visit: number; reason: string };

/** All that is kept of a badge; plain data. Times are UTC ms. */
export type Badge = Standing & {
  id: string;
  /** by gateway, those the venue does not know too: they count in no room and keep nobody present */
  samples: Map<string, Samples>;
  cadence: Cadence;
  rest: Rest;
  /** when a gateway that the venue knew last heard it */
  heard: number;
  /** the last second in which something new of it was kept */
  news: number;
  /** what its room's gateways said of it last, since none of them says anything */
  held: Held | null;
  /** when it is to be looked at again, in case it has been silent since */
  wake: number;
};

export const newBadge = (id: string): Badge => ({
  id,
  room: null,
  parked: false,
  visit: 0,
  reason: '',
  samples: new Map(),
  cadence: newCadence(),
  rest: newRest(),
  heard: Number.NEGATIVE_INFINITY,
  news: Number.NEGATIVE_INFINITY,
  held: null,
  wake: Number.POSITIVE_INFINITY,
});

export const copyBadge = (badge: Badge): Badge => ({
  ...badge,
  samples: new Map(Array.from(badge.samples, ([gateway, samples]) => [gateway, copySamples(samples)])),
  cadence: copyCadence(badge.cadence),
  rest: copyRest(badge.rest),
});

/** When the badge is given up if it stays silent (NUMBERS: Cadence), UTC ms, a whole second. */
export function givenUpAt(badge: Badge): number {
  const patience = GIVE_UP_CADENCES * badge.cadence.seconds * SECOND_MS;
  const until = badge.heard + Math.max(GIVE_UP_MIN_MS, Math.min(GIVE_UP_MAX_MS, patience));
  return Math.ceil(until / SECOND_MS) * SECOND_MS;
}

/** Nobody heard it for more than 24 h, known gateway or not. */
export const isForgotten = (badge: Badge, now: number): boolean => now - badge.cadence.newest * SECOND_MS > FORGET_MS;

/** Lets go of gateways that heard it too long ago to matter. */
export function forgetSamples(badge: Badge, now: number): void {
  for (const [gateway, samples] of badge.samples) if (areLate(samples, now)) badge.samples.delete(gateway);
}

/** Keeps `GATEWAYS_MAX` gateways: those that heard it last, the smaller id on a tie. */
export function boundGateways(badge: Badge): void {
  while (badge.samples.size > GATEWAYS_MAX) {
    const [last] = [...badge.samples].sort(([a, x], [b, y]) => newest(x) - newest(y) || (a < b ? 1 : -1));
    badge.samples.delete(last![0]);
  }
}

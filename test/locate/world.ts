import type { Sighting } from '../../services/model/observation.ts';
import type { GatewayPlace, Merge, Span, Venue } from '../../services/model/venue.ts';

export const ALWAYS: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** A venue by hand: `places` as `[gateway, room]`, the rest as the test needs it. */
export function venueOf(
  places: [gateway: string, room: string, rest?: Partial<GatewayPlace>][],
  merges: Merge[] = [],
  zone = 'UTC',
): Venue {
  const gateways = places.map(([id, room, rest]) => ({ id, room, x: null, y: null, offset: 0, ...ALWAYS, ...rest }));
  const rooms = [...new Set([...gateways, ...merges].map(({ room }) => room))].sort();
  const file = { zone, rooms: rooms.map((id) => ({ id })), gateways: [] };
  return { version: JSON.stringify([places, merges, zone]), zone, file, rooms, gateways, merges };
}

/** A sighting that was received when it was made, unless told otherwise. */
export const sighting = (badge: string, gateway: string, time: number, rssi: number, received = time): Sighting => ({
  kind: 'sighting',
  time,
  received,
  gateway,
  badge,
  rssi,
  temperature: null,
  claps: null,
  battery: null,
  simulated: false,
});

/** Mulberry32: numbers in [0, 1), the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type World = { venue: Venue; sightings: Sighting[]; start: number; seconds: number };

/** The ticks of a world, ms. */
export const secondsOf = ({ start, seconds }: World): number[] =>
  Array.from({ length: seconds }, (_, i) => start + (i + 1) * 1000);

/** Sightings by the whole second, ms, that they are received by. */
export function bySecond(sightings: Sighting[]): Map<number, Sighting[]> {
  const seconds = new Map<number, Sighting[]>();
  for (const one of sightings) {
    const second = Math.ceil(one.received / 1000) * 1000;
    seconds.set(second, [...(seconds.get(second) ?? []), one]);
  }
  return seconds;
}

/**
 * Badges that speak often or once in minutes, fall silent and walk; gateways that are ahead, late, moved, unknown; walls
 * that open; repeats. The same for the same seed.
 * @param slowest pause of the slowest badge, s
 * @param isNasty gateways may be ahead and late at once, and much is received in one instant
 */
export function randomWorld(seed: number, seconds: number, slowest: number, isNasty = false): World {
  const random = seeded(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const start = Date.UTC(2026, 2, 28, 23, 50) + upTo(1200) * 1000;
  const at = (share: number): number => start + Math.floor((share * seconds * 1000) / 500) * 500;
  const venue = venueOf(
    [
      ['g1', 'a'],
      ['g2', 'a', { offset: 2.5 }],
      ['g3', 'b', { until: at(0.6) }],
      ['g3', 'c', { from: at(0.6) }],
      ['g4', 'c', { from: at(0.1), until: at(0.9) }],
      ['g5', 'b'],
    ],
    [{ room: 'ab', of: ['a', 'b'], from: at(0.3), until: at(0.7) }],
    'Europe/Dublin',
  );
  const gateways = ['g1', 'g2', 'g3', 'g4', 'g5', 'ghost'].map((id) => ({
    id,
    ahead: random() < 0.3 ? upTo(4000) : 0,
  }));
  const lateness = (ahead: number): number => (random() < 0.1 && (isNasty || ahead === 0) ? upTo(330_000) : upTo(300));
  const sightings = ['x', 'y', 'z'].flatMap((badge) => {
    const pause = [300, 1000, 2500, slowest * 1000][upTo(4)]!;
    const made: Sighting[] = [];
    for (let ms = upTo(pause); ms < seconds * 1000; ms += random() < 0.01 ? upTo(400_000) : pause) {
      for (const { id, ahead } of gateways) {
        if (random() < 0.4) continue;
        const arrival = start + ms + lateness(ahead);
        const received = isNasty ? Math.ceil(arrival / 500) * 500 : arrival;
        made.push(sighting(badge, id, start + ms + ahead, -50 - upTo(8) * 4, received));
      }
    }
    return made;
  });
  const repeats = sightings.filter(() => random() < 0.1).map((one) => repeatOf(one, upTo(3), upTo(20_000)));
  const all = [...sightings, ...repeats].filter(({ received }) => received < start + seconds * 1000);
  return { venue, sightings: all.sort((a, b) => a.received - b.received), start, seconds };
}

/** The same again, later, and now and then louder. */
const repeatOf = (one: Sighting, louder: number, later: number): Sighting => ({
  ...one,
  rssi: one.rssi + louder,
  received: one.received + later,
});

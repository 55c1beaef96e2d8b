import { type BadgeTruth, createWorld, type Told, type Truth, type World } from '../../services/simulate/world.ts';

/** Local midnight of conference day 1, and of the day before, in a zone that is UTC. */
export const START = Date.UTC(2026, 10, 2);
export const EPOCH = START - 86_400_000;
/** "Now" in these tests: half past ten on day 3. */
export const NOW = START + 2 * 86_400_000 + 10.5 * 3_600_000;

/** UTC ms of HH:MM or HH:MM:SS on a day of the event. */
export function at(day: number, time: string): number {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number);
  return EPOCH + day * 86_400_000 + hours! * 3_600_000 + minutes! * 60_000 + seconds * 1000;
}

export const conference = (rest: Partial<Parameters<typeof createWorld>[0]> = {}): World =>
  createWorld({ seed: 1, start: START, people: 300, ...rest });

/** What a conference tells between two instants. */
export function told(from: number, until: number, rest: Partial<Parameters<typeof createWorld>[0]> = {}): Told[] {
  return [...conference({ from, ...rest }).advance(until)];
}

export type Sighting = {
  time: number;
  received: number;
  gateway: string;
  badge: string;
  rssi: number;
  temperature: number;
  claps: number | null;
};

export function sightings(told: Told[]): Sighting[] {
  return told.flatMap(({ received, body }) => (body.kind === 'sighting' ? [{ ...body, received }] : []));
}

export function heartbeats(told: Told[]) {
  return told.flatMap(({ received, body }) => (body.kind === 'heartbeat' ? [{ ...body, received }] : []));
}

/** Items by a key, in order. */
export function groupBy<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export const byMac = ({ badges }: Truth) => new Map(badges.map((badge) => [badge.badge, badge]));

/** Everybody's truth by MAC, second by second. */
export function truths(from: number, until: number, rest: Partial<Parameters<typeof createWorld>[0]> = {}) {
  const world = conference(rest);
  const seconds = new Map<number, Map<string, BadgeTruth>>();
  for (let time = from; time < until; time += 1000) seconds.set(time, byMac(world.truth(time)));
  return (time: number, mac: string): BadgeTruth => seconds.get(Math.floor(time / 1000) * 1000)!.get(mac)!;
}

import type { Coverage, RoomFrame } from '../model/frame.ts';
import type { Rule } from '../model/rule.ts';
import type { GatewayPlace, Venue, VenueFile } from '../model/venue.ts';

/**
 * What is known of a value: it lies between `low` and `high`. A room that cannot be heard may hold anybody, so its count is
 * anything from 0 on; a sum with such a room is at least that of the others.
 */
export type Reading = { place: string; low: number; high: number };

const UNKNOWN = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const HEARD: readonly Coverage[] = ['good', 'thin'];

/** What a frame says of the places that a rule looks at. Merged rooms stand for their parts while they exist. */
export function readingsIn(rule: Rule, { file }: Pick<Venue, 'file'>, rooms: readonly RoomFrame[]): Reading[] {
  const [what, ...rest] = rule.where.split(':');
  const id = rest.join(':');
  if (what === 'room' || what === 'rooms')
    return rooms
      .filter(({ room }) => what === 'rooms' || room === id)
      .map((room) => ({ place: `room:${room.room}`, ...shareOf(rule, boundsOf(rule, room), [room], file) }));
  const meant = rooms.filter(({ room }) => what === 'venue' || file.rooms.find((one) => one.id === room)?.floor === id);
  if (meant.length === 0) return [];
  const values = meant.map((room) => boundsOf(rule, room));
  const sum = { low: total(values.map(({ low }) => low)), high: total(values.map(({ high }) => high)) };
  return [{ place: rule.where, ...shareOf(rule, sum, meant, file) }];
}

type Bounds = Pick<Reading, 'low' | 'high'>;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function boundsOf({ measure }: Rule, room: RoomFrame): Bounds {
  const isHeard = HEARD.includes(room.coverage);
  if (measure === 'temperature') return isHeard && room.temperature !== null ? exactly(room.temperature) : UNKNOWN;
  const value = measure === 'claps' ? room.claps * 10 : room.occupancy;
  return isHeard && value !== null ? exactly(value) : { low: 0, high: Number.POSITIVE_INFINITY };
}

const exactly = (value: number): Bounds => ({ low: value, high: value });

/** In per cent of what the rooms hold, where that is asked for; nothing is known where one of them has no capacity. */
function shareOf(
  { unit }: Rule,
  { low, high }: Bounds,
  rooms: readonly RoomFrame[],
  { rooms: known }: VenueFile,
): Bounds {
  if (unit === 'count') return { low, high };
  const places = rooms.map(({ room }) => known.find(({ id }) => id === room)?.capacity);
  if (places.some((capacity) => capacity === undefined)) return UNKNOWN;
  const capacity = total(places as number[]);
  return { low: (100 * low) / capacity, high: (100 * high) / capacity };
}

/**
 * For how many seconds gateways were not heard. `heard`: when each was last, UTC ms. Nobody listened before `listening`: what
 * was silent then may have spoken, so it has been silent since then at least.
 */
export function silences(
  rule: Rule,
  gateways: readonly GatewayPlace[],
  heard: ReadonlyMap<string, number>,
  { time, listening }: { time: number; listening: number },
): Reading[] {
  return gateways
    .filter(({ id, from, until }) => from <= time && time < until && isMeant(rule, id))
    .map(({ id }) => {
      const last = heard.get(id) ?? Number.NEGATIVE_INFINITY;
      const since = Math.max(last, listening);
      return { place: `gateway:${id}`, low: Math.max(0, time - since) / 1000, high: Math.max(0, time - last) / 1000 };
    });
}

const isMeant = ({ where }: Rule, id: string): boolean => where === 'gateways' || where === `gateway:${id}`;

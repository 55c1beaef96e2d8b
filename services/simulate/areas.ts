import { house, MERGED, type Point } from './house.ts';

/** A place that people can be in: a room of the venue, or a passage, the stairs, outside, where nobody is counted. */
export type Area = { id: string; floor: string; isRoom: boolean; polygon: readonly Point[] };

const rooms: Area[] = house.rooms
  .filter(({ id }) => id !== MERGED)
  .map(({ id, floor, polygon }) => ({ id, floor, isRoom: true, polygon }));
const named = new Set(rooms.map(({ id }) => id));
const others: Area[] = [...new Set(house.doors.flatMap(({ between }) => between))]
  .filter((id) => !named.has(id))
  .map((id) => ({ id, floor: '', isRoom: false, polygon: [] }));

/** Rooms first, in the order of the venue (a merged room is its parts), then the places between them. */
export const areas: readonly Area[] = [...rooms, ...others];
/** Rooms of the venue are the areas below this. */
export const ROOMS = rooms.length;

/** The number of an area. Throws on a name that the house does not have. */
export function areaOf(id: string): number {
  const index = areas.findIndex((area) => area.id === id);
  if (index < 0) throw new Error(`expected an area of the house, found ${id}`);
  return index;
}

export const OUTSIDE = areaOf('outside');
export const UPSTAIRS = areaOf('upstairs');
export const TERRACE = areaOf('terrace');

/** Even-odd rule. */
export function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i]!;
    const [bx, by] = polygon[j]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

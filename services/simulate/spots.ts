import { areas, isInside } from './areas.ts';
import { house, type Point } from './house.ts';
import { hash } from './random.ts';

/** Where people sit or stand in a room. `dx, dy` is where they look. */
export type Spot = { area: number; x: number; y: number; dx: number; dy: number };

/** Metres between seats, and from the walls. */
const SEAT_M = 0.9;
const MARGIN_M = 0.8;
/** Metres from the middle of a group that stands together. */
const CIRCLE_M = 0.8;

const seats: Point[][] = areas.map(({ polygon }) => seatsOf(polygon));
/** Where a room looks while somebody speaks: McCurdy's stages are in the north, Maginnes' in the west. */
const STAGE: Record<string, Point> = { maginnes: [-1, 0], 'maginnes-1': [-1, 0] };

/** Seat `index` of a room; further ones begin again. */
export function seat(area: number, index: number): Spot {
  const [x, y] = pointOf(area, index);
  const [dx, dy] = STAGE[areas[area]!.id] ?? [0, -1];
  return { area, x, y, dx, dy };
}

/** A place in circle `circle` of a room, for its member `member`. */
export function standing(area: number, circle: number, member: number): Spot {
  const [x, y] = pointOf(area, circle);
  const angle = ((hash(circle, member) % 360) * Math.PI) / 180;
  const [dx, dy] = [-Math.cos(angle), -Math.sin(angle)];
  return { area, x: x - dx * CIRCLE_M, y: y - dy * CIRCLE_M, dx, dy };
}

/** Outside, upstairs, on the terrace: at the door. */
export function gone(area: number): Spot {
  const { at } = house.doors.find(({ between }) => between.includes(areas[area]!.id))!;
  return { area, x: at[0], y: at[1], dx: 0, dy: -1 };
}

/** How many seats a room has. */
export const seatsIn = (area: number): number => seats[area]!.length;

const pointOf = (area: number, index: number): Point => {
  const points = seats[area]!;
  return points[index % points.length]!;
};

function seatsOf(polygon: readonly Point[]): Point[] {
  const found: Point[] = [];
  const [xs, ys] = [polygon.map((p) => p[0]), polygon.map((p) => p[1])];
  for (let y = Math.min(...ys) + MARGIN_M; y < Math.max(...ys); y += SEAT_M)
    for (let x = Math.min(...xs) + MARGIN_M; x < Math.max(...xs); x += SEAT_M)
      if (isClear([x, y], polygon)) found.push([Math.round(x * 100) / 100, Math.round(y * 100) / 100]);
  return found;
}

function isClear([x, y]: Point, polygon: readonly Point[]): boolean {
  return [-MARGIN_M, MARGIN_M].every((d) => isInside([x + d, y], polygon) && isInside([x, y + d], polygon));
}

import { areas } from './areas.ts';
import { house, PARTS, type Point } from './house.ts';
import { floorOf } from './ways.ts';

/** Level at one metre, dBm; loss of level by distance; dB a wall takes. Invented, of the usual size for BLE indoors. */
const AT_METRE_DBM = -59;
const EXPONENT = 2.2;
const WALL_DB = 12;
/** Corners in which nobody is heard well: a lift shaft, a cold store. */
const DEAD: readonly { floor: string; at: Point; radius: number; db: number }[] = [
  { floor: 'ground', at: [3.2, 32.4], radius: 1.8, db: 20 },
  { floor: 'second', at: [48, 3.8], radius: 1.8, db: 20 },
];
/** Levels are worked out for squares of this side, m, once somebody is there. */
const SQUARE_M = 0.5;
const SQUARES = 256;
/** Nearer crossings of the same wall are one, m: rooms share their walls. */
const SAME_M = 0.1;

/** Mean level (dBm) at which each gateway hears a badge of `floor` at a point, nobody in the way. By gateway's number. */
export type Radio = (floor: number, x: number, y: number, isWallOpen: boolean) => Float32Array;

type Wall = { a: Point; b: Point; movable: boolean };

/** By floor. */
const walls: readonly (readonly Wall[])[] = house.floors.map(({ id }) =>
  areas
    .filter(({ floor }) => floor === id)
    .flatMap(({ polygon }) => polygon.map((a, i) => wallOf(a, polygon[(i + 1) % polygon.length]!))),
);
const doors = house.floors.map(({ id }) => house.doors.filter(({ floor }) => floor === id));

/** Gateways by floor, as numbers. */
export const gatewaysOn: readonly (readonly number[])[] = house.floors.map(({ id }) =>
  house.gateways.flatMap(({ room }, index) => (areas.find((area) => area.id === room)!.floor === id ? [index] : [])),
);

export function createRadio(): Radio {
  const known = new Map<number, Float32Array>();
  return (floor, x, y, isWallOpen) => {
    const column = Math.floor(x / SQUARE_M);
    const row = Math.floor(y / SQUARE_M);
    const key = ((floor * 2 + (isWallOpen ? 1 : 0)) * SQUARES + row) * SQUARES + column;
    const levels = known.get(key) ?? levelsAt(floor, [(column + 0.5) * SQUARE_M, (row + 0.5) * SQUARE_M], isWallOpen);
    known.set(key, levels);
    return levels;
  };
}

function levelsAt(floor: number, at: Point, isWallOpen: boolean): Float32Array {
  const levels = new Float32Array(house.gateways.length).fill(-200);
  for (const index of gatewaysOn[floor] ?? []) {
    const { x, y } = house.gateways[index]!;
    const metres = Math.max(1, Math.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2));
    const lost = WALL_DB * wallsBetween(floor, at, [x, y], isWallOpen) + deadDb(floor, at);
    levels[index] = AT_METRE_DBM - 10 * EXPONENT * Math.log10(metres) - lost;
  }
  return levels;
}

function deadDb(floor: number, at: Point): number {
  const spot = DEAD.find((dead) => floorOf(dead.floor) === floor && near(dead.at, at, dead.radius));
  return spot?.db ?? 0;
}

const near = (a: Point, b: Point, radius: number): boolean => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < radius ** 2;

/** Walls that the straight line goes through; through an open door it goes for nothing. */
function wallsBetween(floor: number, from: Point, to: Point, isWallOpen: boolean): number {
  const length = Math.sqrt((to[0] - from[0]) ** 2 + (to[1] - from[1]) ** 2);
  const met: number[] = [];
  for (const wall of walls[floor]!) {
    if (wall.movable && isWallOpen) continue;
    const share = crossing(from, to, wall);
    if (share === null) continue;
    const point: Point = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    if (doors[floor]!.some((door) => near(door.at, point, door.width / 2))) continue;
    if (!met.some((other) => Math.abs(other - share) * length < SAME_M)) met.push(share);
  }
  return met.length;
}

/** How far along the line from → to it meets the wall, 0 to 1; null: it does not. */
function crossing(from: Point, to: Point, { a, b }: Wall): number | null {
  const [rx, ry] = [to[0] - from[0], to[1] - from[1]];
  const [sx, sy] = [b[0] - a[0], b[1] - a[1]];
  const cross = rx * sy - ry * sx;
  if (Math.abs(cross) < 1e-9) return null;
  const along = ((a[0] - from[0]) * sy - (a[1] - from[1]) * sx) / cross;
  const across = ((a[0] - from[0]) * ry - (a[1] - from[1]) * rx) / cross;
  return along > 0 && along < 1 && across >= 0 && across <= 1 ? along : null;
}

/** A wall that two parts of the merged room share is the one that opens. */
function wallOf(a: Point, b: Point): Wall {
  const [first, second] = PARTS.map((id) => areas.find((area) => area.id === id)!.polygon);
  const isOf = (polygon: readonly Point[] | undefined, p: Point) => polygon!.some(([x, y]) => x === p[0] && y === p[1]);
  const movable = [a, b].every((p) => isOf(first, p) && isOf(second, p));
  return { a, b, movable };
}

import type { PlanFloor } from './floor.ts';
import type { Point, Ring } from './ring.ts';
import type { PlanType } from './type.ts';

/** From metres of a floor to px of its picture, and how thick lines are. */
export type Place = {
  px(ring: Ring): Ring;
  at(point: Point): Point;
  scale: number;
  wall: number;
  thin: number;
  /** LOOK gives lengths at a small text of 24 px; this is how many px one of them has */
  k: number;
};

export function placeOf(floor: PlanFloor, scale: number, { small }: PlanType): Place {
  const [x, y] = floor.bounds;
  const k = small / 24;
  const at = ([px, py]: Point): Point => [(px - x) * scale, (py - y) * scale];
  return { px: (ring) => ring.map(at), at, scale, wall: Math.max(1.5, 4 * k), thin: Math.max(0.8, 1.4 * k), k };
}

import type { Reason } from '../../model/reject.ts';

type Point = readonly [number, number];

/** m²: less is a line, whatever its corners. */
const AREA_MIN = 1e-6;

/** Faults of a polygon whose shape the schema has seen to; any other is passed over. */
export function polygonFaults(polygon: unknown, pointer: string): Reason[] {
  if (!isPolygon(polygon)) return [];
  if (Math.abs(areaOf(polygon)) < AREA_MIN)
    return [{ pointer, expected: 'corners around an area', found: 'corners on a line' }];
  const crossing = crossingOf(polygon);
  if (!crossing) return [];
  const found = `sides ${crossing[0]} and ${crossing[1]} that do`;
  return [{ pointer, expected: 'sides that do not cross', found }];
}

function isPolygon(value: unknown): value is Point[] {
  const isPoint = (point: unknown) =>
    Array.isArray(point) && point.length === 2 && point.every((number) => Number.isFinite(number));
  return Array.isArray(value) && value.length >= 3 && value.every(isPoint);
}

function areaOf(polygon: readonly Point[]): number {
  return polygon.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = polygon[(index + 1) % polygon.length] as Point;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** The first two sides that cross, by the numbers of their first corners. */
function crossingOf(polygon: readonly Point[]): [number, number] | undefined {
  const corner = (index: number) => polygon[index % polygon.length] as Point;
  for (let one = 0; one < polygon.length; one++)
    for (let other = one + 1; other < polygon.length; other++)
      if (cross(corner(one), corner(one + 1), corner(other), corner(other + 1))) return [one, other];
  return undefined;
}

/** Whether a–b and c–d cross within both; a common corner is no crossing. */
function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

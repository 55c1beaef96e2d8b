/** Metres; y grows downwards. A ring is a closed polygon whose last point is not its first. */
export type Point = [number, number];
export type Ring = Point[];
/** x, y, width, height. */
export type Box = [number, number, number, number];
export type Edge = [Point, Point];

export const edgesOf = (ring: Ring): Edge[] => ring.map((point, i) => [point, ring[(i + 1) % ring.length]!]);

/** Twice the area; positive where the ring runs clockwise on the screen. */
const turn = (ring: Ring): number => edgesOf(ring).reduce((sum, [[x, y], [u, v]]) => sum + x * v - u * y, 0);

export const clockwise = (ring: Ring): Ring => (turn(ring) < 0 ? [...ring].reverse() : ring);

export function boundsOf(points: Point[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [x, y, Math.max(...xs) - x, Math.max(...ys) - y];
}

export const cornersOf = ([x, y, w, h]: Box): Ring => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];

/** Whether a point lies inside an odd number of the rings. */
export function isInside(rings: Ring[], [x, y]: Point): boolean {
  let inside = false;
  for (const [[ax, ay], [bx, by]] of rings.flatMap(edgesOf))
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  return inside;
}

/** Where on an edge the foot of a point is, and how far off it is. */
export function footOn([[ax, ay], [bx, by]]: Edge, [x, y]: Point): { share: number; distance: number } {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length2;
  const held = Math.max(0, Math.min(1, share));
  return { share, distance: Math.hypot(x - ax - held * dx, y - ay - held * dy) };
}

/** Rings as the `d` of a path. */
export const pathOf = (rings: Ring[]): string =>
  rings.map((ring) => `M${ring.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`).join('');

/** A tenth of a pixel is finer than any screen shows. */
export const round = (value: number): number => Math.round(value * 10) / 10;

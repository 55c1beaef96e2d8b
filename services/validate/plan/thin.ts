import type { Point } from './outline.ts';

/** The same line with fewer corners: none that is left out was further than `tolerance` from it (Ramer, Douglas and Peucker). */
export function thinned(points: Point[], tolerance: number): Point[] {
  const kept = new Uint8Array(points.length);
  kept[0] = 1;
  kept[points.length - 1] = 1;
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, until] = span;
    const far = farthest(points, from, until);
    if (far.distance <= tolerance) continue;
    kept[far.at] = 1;
    spans.push([from, far.at], [far.at, until]);
  }
  return points.filter((_, i) => kept[i] === 1);
}

function farthest(points: Point[], from: number, until: number): { at: number; distance: number } {
  let best = { at: from, distance: 0 };
  for (let i = from + 1; i < until; i++) {
    const distance = distanceOf(points[i]!, points[from]!, points[until]!);
    if (distance > best.distance) best = { at: i, distance };
  }
  return best;
}

/** From a point to a piece of a line. */
function distanceOf([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length2));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

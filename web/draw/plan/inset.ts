import { clockwise, edgesOf, type Point, type Ring } from './ring.ts';

/** A ring moved inwards by `d`, in the ring's own unit; mitred, which is right for the corners that rooms have. */
export function inset(ring: Ring, d: number): Ring {
  const moved = edgesOf(clockwise(ring)).map(([[x, y], [u, v]]): [Point, Point] => {
    const length = Math.hypot(u - x, v - y) || 1;
    const [nx, ny] = [(-(v - y) / length) * d, ((u - x) / length) * d];
    return [
      [x + nx, y + ny],
      [u + nx, v + ny],
    ];
  });
  return moved.map((edge, i) => crossing(moved.at(i - 1)!, edge));
}

/** Where the lines of two edges cross; parallel ones go on from one to the other. */
function crossing([[a, b], [c, e]]: [Point, Point], [[f, g], [h, j]]: [Point, Point]): Point {
  const turn = (a - c) * (g - j) - (b - e) * (f - h);
  if (Math.abs(turn) < 1e-6) return [f, g];
  const [m, o] = [a * e - b * c, f * j - g * h];
  return [(m * (f - h) - (a - c) * o) / turn, (m * (g - j) - (b - e) * o) / turn];
}

import svgpath from 'svgpath';
import type { Shape } from './clean.ts';

export type Point = [number, number];
/** A subpath as corners; `closed` as its file has it. */
export type Outline = { points: Point[]; closed: boolean };

/** Straight pieces that stand for a curve. */
const PIECES = 12;
/** Corners of one shape at most: what has more is no wall. */
const CORNERS_MAX = 100_000;
/** No corner lies farther out: areas of what does are no numbers any more. */
const FAR_MAX = 1e9;

/** The outline of a shape, its transforms (innermost first) done. Null: it has none, or none that can be read. */
export function outlineOf(shape: Shape, transforms: string[]): Outline[] | null {
  const d = pathOf(shape);
  if (d === null) return null;
  let path = svgpath(d);
  if ((path as unknown as { err?: string }).err) return null;
  for (const transform of transforms) path = path.transform(transform);
  const outlines = flat(path.abs().unarc().unshort());
  const isNear = (value: number) => Math.abs(value) <= FAR_MAX;
  const areNumbers = outlines.every(({ points }) => points.every(([x, y]) => isNear(x) && isNear(y)));
  return areNumbers && outlines.length > 0 ? outlines : null;
}

/** Any of the shapes as the `d` of a path. */
function pathOf(shape: Shape): string | null {
  const length = (name: string, fallback = '0') => Number(shape.getAttribute(name) ?? fallback);
  const all = (...names: string[]) => names.map((name) => length(name));
  switch (shape.localName) {
    case 'path':
      return shape.getAttribute('d');
    case 'rect': {
      const [x, y, w, h] = all('x', 'y', 'width', 'height');
      return `M${x} ${y}h${w}v${h}h${-w!}z`;
    }
    case 'circle':
      return round(length('cx'), length('cy'), length('r'), length('r'));
    case 'ellipse':
      return round(length('cx'), length('cy'), length('rx'), length('ry'));
    case 'line': {
      const [x1, y1, x2, y2] = all('x1', 'y1', 'x2', 'y2');
      return `M${x1} ${y1}L${x2} ${y2}`;
    }
    default: {
      const points = (shape.getAttribute('points') ?? '').trim();
      return points === '' ? null : `M${points}${shape.localName === 'polygon' ? 'z' : ''}`;
    }
  }
}

const round = (cx: number, cy: number, rx: number, ry: number): string =>
  `M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;

/** Subpaths as corners, curves in straight pieces. */
function flat(path: ReturnType<typeof svgpath>): Outline[] {
  const found: Outline[] = [];
  let corners = 0;
  const put = (point: Point) => {
    corners += 1;
    if (corners <= CORNERS_MAX) found.at(-1)?.points.push(point);
  };
  path.iterate((segment, _index, x, y) => {
    const [kind, ...n] = segment as unknown as [string, ...number[]];
    if (kind === 'Z' || kind === 'z') {
      const last = found.at(-1);
      if (last) last.closed = true;
      return;
    }
    if (kind === 'M') return void found.push({ points: [[n[0]!, n[1]!]], closed: false });
    // After a Z a path goes on from where that subpath began.
    if (found.at(-1)?.closed) found.push({ points: [found.at(-1)!.points[0]!], closed: false });
    if (kind === 'H') put([n[0]!, y]);
    else if (kind === 'V') put([x, n[0]!]);
    else if (kind === 'L') put([n[0]!, n[1]!]);
    else for (const point of curve([x, y, ...n])) put(point);
  });
  return corners > CORNERS_MAX ? [] : found.filter(({ points }) => points.length > 1);
}

/** A Bézier curve by its control points, two or three after where it begins (de Casteljau). */
function curve(numbers: number[]): Point[] {
  const control = Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i]!, numbers[2 * i + 1]!]);
  return Array.from({ length: PIECES }, (_, i) => {
    const t = (i + 1) / PIECES;
    let points = control;
    while (points.length > 1)
      points = points.slice(1).map((to, k): Point => [0, 1].map((axis) => between(points[k]!, to, axis, t)) as Point);
    return points[0]!;
  });
}

const between = (a: Point, b: Point, axis: number, t: number): number => a[axis]! + t * (b[axis]! - a[axis]!);

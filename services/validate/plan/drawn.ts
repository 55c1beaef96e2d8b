import { NoPlan, type Shape } from './clean.ts';
import { type Outline, outlineOf, type Point } from './outline.ts';

type Box = [number, number, number, number];

/** What a drawing has, in its own units. */
export type Drawn = {
  box: Box;
  rooms: Map<string, Point[][]>;
  lines: Point[][];
  /** ids of shapes that are no rooms */
  unnamed: Set<string>;
  twice: Set<string>;
  unread: string[];
  nested: number;
};

/** A room has an area: less than this part of the drawing's is a line. */
const AREA_LEAST = 1e-7;
/** Less than this beside the frame is the frame: a sheet's ground is no wall. */
const FRAME = 0.005;

/** Finds the rooms (shapes or groups whose id is one of `ids`) and the lines of a clean drawing. */
export function drawnIn(root: Shape, ids: Set<string>): Drawn {
  const found: Found = {
    ids,
    parts: new Map(),
    lines: [],
    unnamed: new Set(),
    twice: new Set(),
    unread: [],
    nested: 0,
  };
  for (const child of childrenOf(root)) walk(child, [], null, found);
  const outlines = [...[...found.parts.values()].flat().flat(), ...found.lines];
  if (outlines.length === 0) throw new NoPlan('expected shapes (path, rect, polygon …) in the drawing, found none');
  const sheet = sheetOf(root);
  const box = sheet ?? boxOf(outlines.flatMap(({ points }) => points));
  if (!(box[2] > 0 && box[3] > 0))
    throw new NoPlan('expected a drawing with a width and a height, found a line or a point');
  const rooms = new Map<string, Point[][]>();
  const lines = found.lines;
  for (const [id, parts] of found.parts) {
    const { rings, rest } = ringsOf(parts, box);
    if (rings.length > 0) rooms.set(id, rings);
    lines.push(...rest);
  }
  const { unnamed, twice, unread, nested } = found;
  const walls = lines.filter((line) => isOn(line, box) && !isFrame(line, box)).map(ringed);
  return { box, rooms, lines: walls, unnamed, twice, unread, nested };
}

/** Of a room each shape, of a shape each subpath. */
type Found = Pick<Drawn, 'unnamed' | 'twice' | 'unread' | 'nested'> & {
  ids: Set<string>;
  parts: Map<string, Outline[][]>;
  lines: Outline[];
};

function* childrenOf({ firstElementChild }: Shape): Generator<Shape> {
  for (let child = firstElementChild; child; child = child.nextElementSibling) yield child;
}

function walk(shape: Shape, outer: string[], owner: string | null, found: Found): void {
  const tag = shape.localName;
  if (shape.getAttribute('display') === 'none') return;
  if (tag === 'svg') {
    found.nested += 1;
    return;
  }
  const id = shape.getAttribute('id');
  const isRoom = id !== null && found.ids.has(id);
  if (isRoom && found.parts.has(id)) found.twice.add(id);
  const of = isRoom ? id : owner;
  const transform = shape.getAttribute('transform');
  const transforms = transform ? [transform, ...outer] : outer;
  if (tag === 'g') for (const child of childrenOf(shape)) walk(child, transforms, of, found);
  else put(shape, transforms, of, found);
  if (id !== null && !isRoom && owner === null && tag !== 'g') found.unnamed.add(id.slice(0, 80));
}

function put(shape: Shape, transforms: string[], room: string | null, found: Found): void {
  const outlines = outlineOf(shape, transforms);
  if (!outlines) found.unread.push((shape.getAttribute('id') ?? shape.localName).slice(0, 80));
  else if (room === null) found.lines.push(...outlines);
  else found.parts.set(room, [...(found.parts.get(room) ?? []), outlines]);
}

/**
 * The rings of a room: of one shape all that have an area, holes too; of a group the largest of each of its shapes that is not inside
 * another, so that the furniture of a room makes no holes in it.
 */
function ringsOf(parts: Outline[][], box: Box): { rings: Point[][]; rest: Outline[] } {
  const least = AREA_LEAST * box[2] * box[3];
  const hasArea = ({ points }: Outline) => points.length > 2 && areaIn(points) > least;
  const shapes = parts.map((outlines) => outlines.filter(hasArea)).filter((outlines) => outlines.length > 0);
  const areas = shapes.map((outlines) => Math.max(...outlines.map(({ points }) => areaIn(points))));
  const largest = shapes[areas.indexOf(Math.max(...areas))];
  if (!largest) return { rings: [], rest: parts.flat() };
  const around = boxOf(largest.flatMap(({ points }) => points));
  const own = shapes.filter((outlines) => outlines === largest || !isWithin(outlines, around));
  const kept = new Set(own.flat());
  const rings = [...kept].map(({ points }) => opened(points));
  return { rings: rings.map((ring) => turned(ring, rings)), rest: parts.flat().filter((one) => !kept.has(one)) };
}

const areaIn = (points: Point[]): number => Math.abs(areaOf([points]));

/** Of the rings of a room, holes taken off: these turn the other way. */
export function areaOf(rings: Point[][]): number {
  let twice = 0;
  for (const ring of rings)
    for (const [i, [x, y]] of ring.entries()) {
      const [nextX, nextY] = ring[(i + 1) % ring.length]!;
      twice += x * nextY - nextX * y;
    }
  return twice / 2;
}

/** A ring that turns to the right, or to the left where it is a hole: inside an odd number of the others. */
function turned(ring: Point[], rings: Point[][]): Point[] {
  const isHole = rings.filter((other) => other !== ring && isInside(other, ring[0]!)).length % 2 === 1;
  return areaOf([ring]) > 0 === isHole ? [...ring].reverse() : ring;
}

function isInside(ring: Point[], [x, y]: Point): boolean {
  let inside = false;
  for (const [i, [ax, ay]] of ring.entries()) {
    const [bx, by] = ring[(i + 1) % ring.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function isWithin(outlines: Outline[], [x, y, w, h]: Box): boolean {
  const [bx, by, bw, bh] = boxOf(outlines.flatMap(({ points }) => points));
  return bx >= x && by >= y && bx + bw <= x + w && by + bh <= y + h;
}

/** A ring does not say its first corner twice. */
function opened(points: Point[]): Point[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  return points.length > 3 && first[0] === last[0] && first[1] === last[1] ? points.slice(0, -1) : points;
}

const ringed = ({ points, closed }: Outline): Point[] => (closed ? [...points, points[0]!] : points);

/** The sheet that a file says it has: what is drawn beside it is not shown. */
function sheetOf(root: Shape): Box | null {
  const numbers = (root.getAttribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [width, height] = ['width', 'height'].map((name) => Number.parseFloat(root.getAttribute(name) ?? ''));
  const sheet = numbers.length === 4 ? numbers : [0, 0, width!, height!];
  return sheet.every(Number.isFinite) && sheet[2]! > 0 && sheet[3]! > 0 ? (sheet as Box) : null;
}

function boxOf(points: Point[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return [left, top, right - left, bottom - top];
}

function isOn({ points }: Outline, [x, y, w, h]: Box): boolean {
  const [bx, by, bw, bh] = boxOf(points);
  return bx < x + w && bx + bw > x && by < y + h && by + bh > y;
}

/** Whether it is the edge of the sheet, or its ground. */
function isFrame({ points }: Outline, [x, y, w, h]: Box): boolean {
  if (points.length > 5) return false;
  const [bx, by, bw, bh] = boxOf(points);
  const near = (a: number, b: number, size: number) => Math.abs(a - b) <= FRAME * size;
  return near(bx, x, w) && near(by, y, h) && near(bw, w, w) && near(bh, h, h);
}

import { areaOf, areas, isInside } from './areas.ts';
import { type Door, house, type Point } from './house.ts';

/** Metres a second. */
export const PACE = 1.2;
/** The stairs between the floors, as metres. */
const STAIRS_M = 24;
/** Number of a floor, by its name. */
export function floorOf(id: string): number {
  return house.floors.findIndex((floor) => floor.id === id);
}

const floors = areas.map(({ floor }) => (floor === '' ? -1 : floorOf(floor)));

/** The floor of an area; −1 of one that has none of its own. */
export const areaFloor = (area: number): number => floors[area]!;

/** A door on the way: where it is, and the area that lies behind it. */
export type Step = { x: number; y: number; floor: number; area: number };

type Node = { at: Point; floor: number; areas: [number, number] };

const nodes: Node[] = house.doors.map(({ at, floor, between }: Door) => ({
  at,
  floor: floorOf(floor),
  areas: [areaOf(between[0]), areaOf(between[1])],
}));

const ways: (readonly Step[] | undefined)[][] = areas.map(() => []);

/** The doors on the shortest way between two areas; none within one. */
export function wayBetween(from: number, to: number): readonly Step[] {
  const row = ways[from]!;
  row[to] ??= from === to ? [] : shortest(from, to);
  return row[to];
}

/** Dijkstra over doors, from the middle of one area to the middle of the other. */
function shortest(from: number, to: number): Step[] {
  const best = new Map<Node, { metres: number; steps: Step[] }>();
  const open: { node: Node; metres: number; steps: Step[] }[] = [];
  const reach = (node: Node, into: number, metres: number, steps: Step[]) => {
    if (metres >= (best.get(node)?.metres ?? Number.POSITIVE_INFINITY)) return;
    const step = { x: node.at[0], y: node.at[1], floor: node.floor, area: into };
    const reached = { metres, steps: [...steps, step] };
    best.set(node, reached);
    open.push({ node, ...reached });
  };
  for (const node of nodesOf(from)) reach(node, behind(node, from), distance(middleOf(from), node.at), []);
  for (;;) {
    open.sort((a, b) => a.metres - b.metres);
    const nearest = open.shift();
    if (!nearest) throw new Error(`expected a way from ${areas[from]!.id} to ${areas[to]!.id}`);
    const here = nearest.steps.at(-1)!.area;
    if (here === to) return nearest.steps;
    for (const node of nodesOf(here)) {
      if (node === nearest.node) continue;
      const metres = node.floor === nearest.node.floor ? distance(nearest.node.at, node.at) : STAIRS_M;
      reach(node, behind(node, here), nearest.metres + metres, nearest.steps);
    }
  }
}

const nodesOf = (area: number): Node[] => nodes.filter((node) => node.areas.includes(area));
const behind = (node: Node, area: number): number => node.areas[node.areas[0] === area ? 1 : 0];

function distance(a: Point, b: Point): number {
  return Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2);
}

function middleOf(area: number): Point {
  const { polygon } = areas[area]!;
  const points = polygon.length > 0 ? polygon : nodesOf(area).map((node) => node.at);
  const mean: Point = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis]!, 0) / points.length) as [
    number,
    number,
  ];
  return polygon.length === 0 || isInside(mean, polygon) ? mean : points[0]!;
}

/** The length in metres of a way from one point to another, through its doors. */
export function lengthOf(x: number, y: number, way: readonly Step[], toX: number, toY: number): number {
  let metres = 0;
  let [atX, atY] = [x, y];
  let floor = way[0]?.floor ?? 0;
  for (const step of way) {
    metres += step.floor === floor ? Math.sqrt((step.x - atX) ** 2 + (step.y - atY) ** 2) : STAIRS_M;
    [atX, atY, floor] = [step.x, step.y, step.floor];
  }
  return metres + Math.sqrt((toX - atX) ** 2 + (toY - atY) ** 2);
}

/** Where somebody is: `area` is an index into `areas`, `heading` a unit vector. */
export type Where = { area: number; floor: number; x: number; y: number; dx: number; dy: number };

/** Writes into `where` the point that lies `metres` along a way. `area` of `where` is that of its beginning on entry. */
export function walk(where: Where, way: readonly Step[], toX: number, toY: number, metres: number): void {
  let left = metres;
  for (const step of way) {
    const climbs = step.floor !== where.floor;
    const leg = climbs ? STAIRS_M : Math.sqrt((step.x - where.x) ** 2 + (step.y - where.y) ** 2);
    if (left < leg) {
      if (!climbs) approach(where, step.x, step.y, left / leg);
      return;
    }
    left -= leg;
    where.x = step.x;
    where.y = step.y;
    where.floor = step.floor;
    where.area = step.area;
  }
  const leg = Math.sqrt((toX - where.x) ** 2 + (toY - where.y) ** 2);
  approach(where, toX, toY, leg > 0 ? Math.min(1, left / leg) : 1);
}

function approach(where: Where, x: number, y: number, share: number): void {
  const [vx, vy] = [x - where.x, y - where.y];
  const length = Math.sqrt(vx * vx + vy * vy) || 1;
  where.dx = vx / length;
  where.dy = vy / length;
  where.x += vx * share;
  where.y += vy * share;
}

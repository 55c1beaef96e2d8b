import { clockwise, type Edge, edgesOf, footOn, type Point, type Ring } from './ring.ts';

/** Points nearer than this are the same, metres. */
const SAME = 0.01;

/** The outline of rooms that became one. Rooms share edges exactly, so an edge that runs both ways is inside. */
export function union(rings: Ring[]): Ring[] {
  const turned = rings.map(clockwise);
  const points = turned.flat();
  const edges = turned.flatMap((ring) => edgesOf(ring).flatMap((edge) => split(edge, points)));
  const held = new Set(edges.map(keyOf));
  return chain(edges.filter(([a, b]) => !held.has(keyOf([b, a])))).map(straightened);
}

const place = ([x, y]: Point) => `${Math.round(x / SAME)},${Math.round(y / SAME)}`;
const keyOf = ([a, b]: Edge) => `${place(a)} ${place(b)}`;

/** An edge in pieces that end where other rooms have corners on it. */
function split(edge: Edge, points: Point[]): Edge[] {
  const cuts = points
    .map((point) => ({ point, ...footOn(edge, point) }))
    .filter(({ distance, share }) => distance < SAME && share > 0 && share < 1)
    .sort((a, b) => a.share - b.share)
    .map(({ point }) => point);
  const stops = [edge[0], ...cuts, edge[1]].filter((point, i, all) => i === 0 || place(point) !== place(all[i - 1]!));
  return stops.slice(1).map((point, i) => [stops[i]!, point]);
}

/** Edges, each beginning where another ends, as rings. */
function chain(edges: Edge[]): Ring[] {
  const from = new Map<string, Edge[]>();
  for (const edge of edges) from.set(place(edge[0]), [...(from.get(place(edge[0])) ?? []), edge]);
  const rings: Ring[] = [];
  for (const first of edges) {
    const ring: Ring = [];
    for (let edge = taken(from, first[0]); edge; edge = taken(from, edge[1])) ring.push(edge[0]);
    if (ring.length > 2) rings.push(ring);
  }
  return rings;
}

const taken = (from: Map<string, Edge[]>, at: Point): Edge | undefined => from.get(place(at))?.pop();

/** Without the corners that are none. */
const straightened = (ring: Ring): Ring =>
  ring.filter((point, i) => {
    const [before, after] = [ring.at(i - 1)!, ring[(i + 1) % ring.length]!];
    return footOn([before, after], point).distance >= SAME;
  });

import type { PlanFloor, RoomShape } from './floor.ts';
import { type Mark, pathMark } from './marks.ts';
import type { Place } from './place.ts';
import { type Edge, edgesOf, footOn, isInside, type Point, pathOf, type Ring, round } from './ring.ts';

/** A door further than this from every wall is drawn nowhere, m. */
const NEAR = 1;
/** How far beside a wall its two sides are looked at, m. */
const BESIDE = 0.1;

/** Walls of the rooms there are, the outer wall, doors as gaps in them, movable walls that are closed. */
export function wallMarks(floor: PlanFloor, rooms: RoomShape[], place: Place): Mark[] {
  const { px, wall } = place;
  const line = { fill: 'none', stroke: floor.isGrid ? 'var(--line-strong)' : 'var(--wall)' };
  const inner = rooms.map(({ id, rings }) =>
    pathMark(`wall ${id}`, pathOf(rings.map(px)), { ...line, 'stroke-width': floor.isGrid ? 1 : wall }),
  );
  const outer = floor.outline
    ? [pathMark('outer', pathOf([px(floor.outline)]), { ...line, 'stroke-width': wall * 1.9 })]
    : [];
  const edges = [...rooms.flatMap(({ rings }) => rings), ...(floor.outline ? [floor.outline] : [])].flatMap(edgesOf);
  return [...inner, ...outer, doorMark(floor, edges, place), ...movable(floor, rooms, place)];
}

/** Each door as a piece of floor over the wall it is in. */
function doorMark({ doors }: PlanFloor, edges: Edge[], { at, wall }: Place): Mark {
  const d = doors.flatMap((door) => {
    const found = nearest(edges, door.at);
    if (!found) return [];
    const [[ax, ay], [bx, by]] = found;
    const half = door.width / 2 / (Math.hypot(bx - ax, by - ay) || 1);
    const end = (sign: number) =>
      at([door.at[0] + sign * half * (bx - ax), door.at[1] + sign * half * (by - ay)])
        .map(round)
        .join(' ');
    return [`M${end(-1)}L${end(1)}`];
  });
  return pathMark('doors', d.join(''), {
    class: 'doors',
    fill: 'none',
    stroke: 'var(--panel)',
    'stroke-width': wall * 2.2,
  });
}

function nearest(edges: Edge[], point: Point): Edge | null {
  let best: { edge: Edge; distance: number } | null = null;
  for (const edge of edges) {
    const { distance } = footOn(edge, point);
    if (distance < NEAR && (!best || distance < best.distance)) best = { edge, distance };
  }
  return best?.edge ?? null;
}

/** A movable wall is a dashed double line; while its rooms are one it is not there. */
function movable({ shapes }: PlanFloor, rooms: RoomShape[], { px, wall }: Place): Mark[] {
  return shapes.flatMap(({ kind, line }, i) => {
    if (kind !== 'movable-wall' || !line || rooms.some(({ rings }) => isWithin(rings, line))) return [];
    const d = `M${px(line)
      .map((point) => point.map(round).join(' '))
      .join('L')}`;
    const base = { fill: 'none', 'stroke-dasharray': `${round(wall * 3.2)} ${round(wall * 1.4)}` };
    // Two lines of dashes are one broad dashed line with a narrower one of the background on it.
    return [
      pathMark(`under ${i}`, d, { fill: 'none', stroke: 'var(--bg)', 'stroke-width': wall * 2.8 }),
      pathMark(`movable ${i}`, d, { ...base, class: 'movable', stroke: 'var(--wall)', 'stroke-width': wall * 2.2 }),
      pathMark(`between ${i}`, d, { fill: 'none', stroke: 'var(--bg)', 'stroke-width': wall * 1.1 }),
    ];
  });
}

/** Whether both sides of a line are in the same room. */
function isWithin(rings: Ring[], line: Point[]): boolean {
  const [[ax, ay], [bx, by]] = [line[0]!, line.at(-1)!];
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const [nx, ny] = [(-(by - ay) / length) * BESIDE, ((bx - ax) / length) * BESIDE];
  const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
  return isInside(rings, [mx + nx, my + ny]) && isInside(rings, [mx - nx, my - ny]);
}

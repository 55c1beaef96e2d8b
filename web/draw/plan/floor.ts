import { polygonArea } from 'd3';
import type { Plan } from '../../../services/model/plan.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { drawnAs } from '../../view/live/house.ts';
import { gridColumns, gridOf } from './grid.ts';
import { largestRectangle } from './rectangle.ts';
import { type Box, boundsOf, cornersOf, isInside, type Point, type Ring } from './ring.ts';
import { union } from './union.ts';

type Room = VenueFile['rooms'][number];
type Floor = NonNullable<VenueFile['floors']>[number];

/** A room as it is drawn, in metres; `label` is the rectangle in which its tile goes. */
export type RoomShape = {
  id: string;
  name: string;
  capacity: number | null;
  rings: Ring[];
  label: Box;
  /** m²; null: it has no place of its own */
  area: number | null;
};
type Door = { at: Point; width: number };

/** A floor as it is drawn, in metres. `rooms` has merged rooms beside their parts: the frame says which there are. */
export type PlanFloor = {
  id: string;
  name: string;
  bounds: Box;
  outline: Ring | null;
  shapes: NonNullable<Floor['shapes']>;
  doors: Door[];
  free: Box | null;
  rooms: RoomShape[];
  /** of an SVG: what it has under the rooms */
  lines: Ring[];
  /** merged room → its parts */
  merges: Map<string, string[]>;
  /** the rooms have no place of their own */
  isGrid: boolean;
};

/** Around a floor, for its outer wall, m. */
const MARGIN = 0.6;
const DOOR = 1.2;
const ELSEWHERE = 'rooms';

/** A venue, and the floors of it that an SVG draws. */
export type Drawn = { version: string; venue: VenueFile; plans: Plan[] };

/** The floors of a version of the venue, made once for it and for the shape (width ÷ height) of where they are drawn. */
export function createFloors(): (house: Drawn, aspect: number) => PlanFloor[] {
  let held: { key: string; floors: PlanFloor[] } = { key: '', floors: [] };
  return (house, shape) => {
    const aspect = Math.round(10 * shape) / 10;
    const key = `${drawnAs(house)} ${aspect}`;
    if (key !== held.key) held = { key, floors: floorsOf(house.venue, aspect, house.plans) };
    return held.floors;
  };
}

/** The floors that have rooms; rooms without a floor or a polygon stand in an even grid that suits a stage of `aspect`. */
export function floorsOf(venue: VenueFile, aspect: number, plans: Plan[] = []): PlanFloor[] {
  const known = new Map((venue.floors ?? []).map((floor) => [floor.id, floor]));
  const at = (room: Room) => (room.floor !== undefined && known.has(room.floor) ? room.floor : ELSEWHERE);
  const ids = [...known.keys(), ...(known.has(ELSEWHERE) ? [] : [ELSEWHERE])];
  return ids.flatMap((id) => {
    const rooms = venue.rooms.filter((room) => at(room) === id);
    const floor = known.get(id) ?? { id, name: known.size > 0 ? 'Other rooms' : 'Rooms' };
    const plan = plans.find((one) => one.floor === id);
    if (rooms.length === 0) return [];
    return [plan ? planOfSvg(venue, floor, rooms, aspect, plan) : planFloor(venue, floor, rooms, aspect)];
  });
}

function planFloor(venue: VenueFile, floor: Floor, rooms: Room[], aspect: number): PlanFloor {
  const merges = mergesOf(venue);
  const drawn = new Map(rooms.flatMap(({ id, polygon }) => (polygon ? [[id, [polygon]]] : [])));
  const ringsOf = shapesOf(rooms, drawn, merges, aspect);
  const shapes = rooms.map((room) => shapeOf(room, ringsOf.get(room.id)!, isDrawn(room, rooms, merges)));
  const fabric = floor.shapes ?? [];
  const points = [
    ...shapes.flatMap(({ rings }) => rings.flat()),
    ...(floor.outline ?? []),
    ...fabric.flatMap(({ polygon, line }) => [...(polygon ?? []), ...(line ?? [])]),
    ...(floor.free ? cornersOf(floor.free) : []),
  ];
  const [x, y, w, h] = boundsOf(points);
  const ids = new Set(rooms.map(({ id }) => id));
  return {
    id: floor.id,
    name: floor.name ?? floor.id,
    bounds: [x - MARGIN, y - MARGIN, w + 2 * MARGIN, h + 2 * MARGIN],
    outline: floor.outline ?? null,
    shapes: fabric,
    doors: doorsOf(venue, ids),
    free: floor.free ?? null,
    lines: [],
    rooms: shapes,
    merges,
    isGrid: rooms.every(({ polygon, id }) => !polygon && !merges.has(id)) || rooms.every(({ polygon }) => !polygon),
  };
}

const mergesOf = ({ merges = [] }: VenueFile) => new Map(merges.map(({ room, of }) => [room, of]));

/** A floor as its SVG draws it; what the venue says of walls, doors and places is of another drawing. */
function planOfSvg(venue: VenueFile, { id, name }: Floor, rooms: Room[], aspect: number, plan: Plan): PlanFloor {
  const merges = mergesOf(venue);
  const drawn = new Map(plan.rooms.map(({ room, rings }) => [room, rings]));
  const ringsOf = shapesOf(rooms, drawn, merges, aspect, plan.box);
  const hasArea = (room: string): boolean =>
    plan.metres !== null && (drawn.has(room) || (merges.get(room) ?? []).some((part) => drawn.has(part)));
  const shapes = rooms.map(({ label: _, ...room }) => shapeOf(room, ringsOf.get(room.id)!, hasArea(room.id)));
  const [x, y, w, h] = boundsOf([...shapes.flatMap(({ rings }) => rings.flat()), ...cornersOf(plan.box)]);
  return {
    ...{ id, name: name ?? id, bounds: [x, y, w, h], outline: null, shapes: [], doors: [], free: null },
    ...{ lines: plan.lines, rooms: shapes, merges, isGrid: false },
  };
}

const doorsOf = (venue: VenueFile, ids: Set<string>): Door[] =>
  (venue.doors ?? [])
    .filter(({ between }) => between.some((id) => ids.has(id)))
    .map(({ at, width }) => ({ at, width: width ?? DOOR }));

/** Whether a room is where it is drawn, and not in a grid under the plan. */
const isDrawn = ({ id, polygon }: Room, rooms: Room[], merges: Map<string, string[]>): boolean => {
  const parts = merges.get(id) ?? [];
  return (
    polygon !== undefined || (parts.length > 0 && parts.every((part) => rooms.find((one) => one.id === part)?.polygon))
  );
};

const shapeOf = ({ id, name, capacity, label }: Room, rings: Ring[], drawn: boolean): RoomShape => ({
  id,
  name: name ?? id,
  capacity: capacity ?? null,
  rings,
  label: settled(label ?? largestRectangle(rings), rings),
  area: drawn ? areaOf(rings) : null,
});

/** Holes turn the other way than what is around them. */
const areaOf = (rings: Ring[]): number => Math.abs(rings.reduce((sum, ring) => sum + polygonArea(ring), 0));

/** What stands in a label keeps so far from its edges, m; how much of its height is given up at a time. */
const [CLEAR, LESS] = [0.35, 0.02];
const LESS_MAX = 25;

/** The label without the ends at which its words would stand in a corner that the room does not have. */
function settled([x, y, w, h]: Box, rings: Ring[]): Box {
  const isIn = (at: number) => isInside(rings, [x + CLEAR, at]) && isInside(rings, [x + w - CLEAR, at]);
  let [top, bottom] = [y, y + h];
  for (let i = 0; i < LESS_MAX && !isIn(top + CLEAR); i++) top += h * LESS;
  for (let i = 0; i < LESS_MAX && !isIn(bottom - CLEAR); i++) bottom -= h * LESS;
  return isIn((top + bottom) / 2) ? [x, top, w, bottom - top] : [x, y, w, h];
}

/** The rings of each room: as drawn, the union of its parts, or else a tile of the grid under the plan. */
function shapesOf(
  rooms: Room[],
  rings: Map<string, Ring[]>,
  merges: Map<string, string[]>,
  aspect: number,
  box?: Box,
): Map<string, Ring[]> {
  const found: Map<string, Ring[]> = new Map(rings);
  const bare = rooms.filter(({ id }) => !rings.has(id) && !merges.has(id));
  const [x, y, w, h] = box ?? (rings.size > 0 ? boundsOf([...rings.values()].flat(2)) : [0, 0, 0, 0]);
  const columns = gridColumns(bare.length, aspect, w);
  for (const [i, tile] of gridOf(bare.length, columns, [x, w > 0 ? y + h + 1 : y]).entries())
    found.set(bare[i]!.id, [tile]);
  for (const { id } of rooms)
    if (!found.has(id)) found.set(id, union((merges.get(id) ?? []).flatMap((part) => found.get(part) ?? [])));
  for (const [id, shape] of found) if (shape.length === 0) found.set(id, gridOf(1, 1, [x, y + h + 1]));
  return found;
}

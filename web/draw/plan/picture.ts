import type { Extents } from '../../view/live/extents.ts';
import type { Layer, RoomNow } from '../../view/live/room.ts';
import { borderMarks } from './borders.ts';
import { fabricMarks } from './fabric.ts';
import { fillOf } from './fill.ts';
import type { PlanFloor, RoomShape } from './floor.ts';
import { flowMarks, type Moved } from './flows.ts';
import { inset } from './inset.ts';
import { type Mark, pathMark } from './marks.ts';
import type { Measure } from './measure.ts';
import type { Palette } from './palette.ts';
import { type Place, placeOf } from './place.ts';
import { pathOf } from './ring.ts';
import { type TileOf, tile } from './tile.ts';
import type { PlanType } from './type.ts';
import { wallMarks } from './walls.ts';

/** All that a plan is drawn from: a floor, a frame for each of its rooms, a layer and the scale. */
export type PlanShown = {
  floor: PlanFloor;
  rooms: Map<string, RoomNow>;
  layer: Layer;
  extents: Extents;
  palette: Palette;
  measure: Measure;
  type: PlanType;
  /** px a metre */
  scale: number;
  zone: string;
  /** what the picture says, in one sentence */
  summary: string;
  /** the room that is looked at, and whether by keyboard */
  chosen: { room: string; isFocused: boolean } | null;
  /** who went from room to room */
  flows?: Moved[];
};

/** What stands in a room. */
export type TileMarks = { room: string; marks: Mark[] };

/** The marks of a plan from below to above: no document yet, so that a page and a film draw the same. */
export type Picture = { place: Place; hatching: Mark[]; tiles: TileMarks[] } & Record<
  'fabric' | 'areas' | 'walls' | 'flows' | 'chosen',
  Mark[]
>;

/** The plan of a floor as marks; deaf rooms are filled with the pattern of the id `hatch`. */
export function pictureOf(shown: PlanShown, hatch: string): Picture {
  const { floor, type } = shown;
  const present = floor.rooms.filter(({ id }) => shown.rooms.has(id));
  const { outlines, ...ground } = groundOf(shown, present);
  const { place } = ground;
  const drawn = present.map((shape) => tileOf(shown, shape));
  const tiles = drawn.map((of) => ({ room: of.shape.id, marks: [...borderMarks(of, place), ...tile(of)] }));
  const texts = { marks: tiles.flatMap(({ marks }) => marks), measure: shown.measure };
  return {
    ...ground,
    areas: drawn.map((of) => areaMark(of, outlines.get(of.shape)!, hatch)),
    tiles,
    flows: flowMarks(shown.flows ?? [], floor, place, type, texts),
    chosen: ringMarks(shown, present, place),
  };
}

/** What of a picture is the same at every moment, and the outlines of its rooms. */
type Ground = Pick<Picture, 'place' | 'hatching' | 'fabric' | 'walls'> & { outlines: Map<RoomShape, string> };

/** As many are kept of a floor: two of a size beside each other, with a wall open and closed. */
const GROUNDS_MAX = 4;
const grounds = new WeakMap<PlanFloor, Map<string, Ground>>();

/** Made once for a floor, a scale and the rooms there are. */
function groundOf({ floor, scale, type }: PlanShown, present: RoomShape[]): Ground {
  const key = [scale, type.small, ...present.map(({ id }) => id)].join(' ');
  const held = grounds.get(floor) ?? new Map<string, Ground>();
  const found = held.get(key);
  if (found) return found;
  const place = placeOf(floor, scale, type);
  const ground = {
    place,
    hatching: hatching(place),
    fabric: fabricMarks(floor, place),
    walls: wallMarks(floor, present, place),
    outlines: new Map(present.map((shape) => [shape, pathOf(shape.rings.map(place.px))])),
  };
  if (held.size >= GROUNDS_MAX) held.clear();
  grounds.set(floor, held.set(key, ground));
  return ground;
}

function tileOf(shown: PlanShown, shape: RoomShape): TileOf {
  const { layer, extents, palette, floor, measure, type, scale, zone } = shown;
  const now = shown.rooms.get(shape.id)!;
  const fill = fillOf(now, shape, layer, extents, palette);
  const ink = fill === null ? 'var(--text)' : palette.ink(fill);
  return {
    shape,
    now,
    layer,
    extents,
    measure,
    type,
    scale,
    zone,
    fill,
    ink,
    origin: [floor.bounds[0], floor.bounds[1]],
  };
}

/** From line to line of the hatch, px. */
export const hatchPitch = (k: number) => Math.max(6, 14 * k);

/** 45° lines, pitch 14, 4 wide at the wall's size. */
function hatching({ k }: Place): Mark[] {
  const pitch = hatchPitch(k);
  const line = { x: 0, y: 0, width: (pitch * 4) / 14, height: pitch * 4, fill: 'var(--line-strong)' };
  return [
    {
      key: 'ground',
      tag: 'rect',
      attributes: { x: 0, y: 0, width: pitch * 4, height: pitch * 4, fill: 'var(--panel)' },
    },
    ...[0, 1, 2, 3].map((i): Mark => ({ key: `line ${i}`, tag: 'rect', attributes: { ...line, x: i * pitch } })),
  ];
}

function areaMark({ now, shape, fill }: TileOf, outline: string, hatch: string): Mark {
  const unknown = { deaf: `url(#${hatch})`, silent: 'var(--bg)', gap: 'var(--bg)' } as const;
  const plain = now.coverage in unknown ? unknown[now.coverage as keyof typeof unknown] : 'var(--panel)';
  return pathMark(shape.id, outline, {
    class: 'area',
    'fill-rule': 'evenodd',
    fill: fill ?? plain,
    'data-room': shape.id,
    'data-coverage': now.coverage,
  });
}

/** A ring just inside the walls of the room that is looked at. */
function ringMarks({ chosen }: PlanShown, rooms: RoomShape[], { px, wall }: Place): Mark[] {
  const shape = rooms.find(({ id }) => id === chosen?.room);
  if (!shape || !chosen) return [];
  const d = pathOf(shape.rings.map((ring) => inset(px(ring), wall / 2 + 1)));
  const line = { fill: 'none', 'stroke-width': 2 };
  return [
    pathMark('around', d, { ...line, stroke: 'var(--bg)', 'stroke-width': 6 }),
    pathMark('ring', d, {
      ...line,
      class: 'ring',
      stroke: chosen.isFocused ? 'var(--focus)' : 'var(--accent)',
      'stroke-width': 3,
    }),
  ];
}

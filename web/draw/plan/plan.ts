import { select } from 'd3';
import type { Extents, Layer, RoomNow } from '../../view/live/room.ts';
import { mark, svg } from '../element.ts';
import { borderMarks } from './borders.ts';
import { fabricMarks } from './fabric.ts';
import { fillOf } from './fill.ts';
import type { PlanFloor, RoomShape } from './floor.ts';
import { inset } from './inset.ts';
import { drawMarks, type Mark, pathMark } from './marks.ts';
import type { Measure } from './measure.ts';
import type { Palette } from './palette.ts';
import { type Place, placeOf } from './place.ts';
import { pathOf, round } from './ring.ts';
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
};

let plans = 0;

/** The plan of a floor: metres in, one SVG out. The same on every surface. */
export function createPlan(document: Document) {
  const hatch = `hatch-${++plans}`;
  const groups = ['fabric', 'areas', 'walls', 'tiles', 'chosen'].map((name) => svg(document, 'g', { class: name }));
  const pattern = svg(document, 'pattern', {
    id: hatch,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  const defs = svg(document, 'defs', {}, pattern);
  const node = svg(document, 'svg', { class: 'plan', role: 'img' }, defs, ...groups) as SVGSVGElement;
  const [fabric, areas, walls, tiles, chosen] = groups as [
    SVGGElement,
    SVGGElement,
    SVGGElement,
    SVGGElement,
    SVGGElement,
  ];
  return {
    node,
    update(shown: PlanShown) {
      const { floor, type, scale } = shown;
      const place = placeOf(floor, scale, type);
      const present = floor.rooms.filter(({ id }) => shown.rooms.has(id));
      const drawn = present.map((shape) => tileOf(shown, shape));
      measureUp(node, floor, scale, shown.summary);
      setHatch(pattern, place);
      drawMarks(pattern as SVGGElement, hatching(place));
      drawMarks(fabric, fabricMarks(floor, place));
      drawMarks(
        areas,
        drawn.map((of) => areaMark(of, place, hatch)),
      );
      drawMarks(walls, wallMarks(floor, present, place));
      drawTiles(tiles, drawn, place);
      drawMarks(chosen, ringMarks(shown, present, place));
    },
  };
}

function measureUp(node: SVGSVGElement, { bounds }: PlanFloor, scale: number, summary: string): void {
  const [width, height] = [round(bounds[2] * scale), round(bounds[3] * scale)];
  mark(node, 'width', String(width));
  mark(node, 'height', String(height));
  mark(node, 'viewBox', `0 0 ${width} ${height}`);
  mark(node, 'aria-label', summary);
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

function setHatch(pattern: SVGElement, { k }: Place): void {
  const size = String(hatchPitch(k) * 4);
  mark(pattern, 'width', size);
  mark(pattern, 'height', size);
}

const hatchPitch = (k: number) => Math.max(6, 14 * k);

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

function areaMark({ now, shape, fill }: TileOf, { px }: Place, hatch: string): Mark {
  const unknown = { deaf: `url(#${hatch})`, silent: 'var(--bg)', gap: 'var(--bg)' } as const;
  const plain = now.coverage in unknown ? unknown[now.coverage as keyof typeof unknown] : 'var(--panel)';
  return pathMark(shape.id, pathOf(shape.rings.map(px)), {
    class: 'area',
    'fill-rule': 'evenodd',
    fill: fill ?? plain,
    'data-room': shape.id,
    'data-coverage': now.coverage,
  });
}

/** One group a room, kept while the room is there. */
function drawTiles(parent: SVGGElement, drawn: TileOf[], place: Place): void {
  select(parent)
    .selectChildren<SVGGElement, TileOf>()
    .data(drawn, ({ shape }) => shape.id)
    .join('g')
    .attr('class', 'tile')
    .attr('data-room', ({ shape }) => shape.id)
    .each(function (of) {
      drawMarks(this, [...borderMarks(of, place), ...tile(of)]);
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

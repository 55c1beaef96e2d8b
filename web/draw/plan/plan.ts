import { mark, svg } from '../element.ts';
import { createRows, type DrawnRow } from '../rows.ts';
import type { PlanFloor } from './floor.ts';
import { createMarks } from './marks.ts';
import { hatchPitch, type PlanShown, pictureOf, type TileMarks } from './picture.ts';
import type { Place } from './place.ts';
import { round } from './ring.ts';

/** Groups of marks from below to above. */
const GROUPS = ['fabric', 'areas', 'walls', 'tiles', 'flows', 'chosen'] as const;
let plans = 0;

/** The plan of a floor: metres in, one SVG out. The same on every surface. */
export function createPlan(document: Document) {
  const hatch = `hatch-${++plans}`;
  const pattern = svg(document, 'pattern', {
    id: hatch,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  const defs = svg(document, 'defs', {}, pattern);
  const groups = GROUPS.map((name) => svg(document, 'g', { class: name }));
  const node = svg(document, 'svg', { class: 'plan', role: 'img' }, defs, ...groups) as SVGSVGElement;
  const [fabric, areas, walls, , flows, chosen] = groups.map(createMarks) as [Draw, Draw, Draw, Draw, Draw, Draw];
  const hatching = createMarks(pattern);
  const tiles = createRows<TileMarks>(
    groups[GROUPS.indexOf('tiles')]!,
    ({ room }) => room,
    ({ room }) => createTile(document, room),
  );
  return {
    node,
    update(shown: PlanShown) {
      const { floor, scale } = shown;
      const picture = pictureOf(shown, hatch);
      measureUp(node, floor, scale, shown.summary);
      setHatch(pattern, picture.place);
      hatching(picture.hatching);
      fabric(picture.fabric);
      areas(picture.areas);
      walls(picture.walls);
      tiles(picture.tiles);
      flows(picture.flows);
      chosen(picture.chosen);
    },
  };
}

type Draw = ReturnType<typeof createMarks>;

function measureUp(node: SVGSVGElement, { bounds }: PlanFloor, scale: number, summary: string): void {
  const [width, height] = [round(bounds[2] * scale), round(bounds[3] * scale)];
  mark(node, 'width', String(width));
  mark(node, 'height', String(height));
  mark(node, 'viewBox', `0 0 ${width} ${height}`);
  mark(node, 'aria-label', summary);
}

function setHatch(pattern: SVGElement, { k }: Place): void {
  const size = String(hatchPitch(k) * 4);
  mark(pattern, 'width', size);
  mark(pattern, 'height', size);
}

/** One group a room, kept while the room is there. */
function createTile(document: Document, room: string): DrawnRow<TileMarks> {
  const node = svg(document, 'g', { class: 'tile', 'data-room': room });
  const draw = createMarks(node);
  return { node, update: ({ marks }) => draw(marks) };
}

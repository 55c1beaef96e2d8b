import { select } from 'd3';
import { mark, svg } from '../element.ts';
import type { PlanFloor } from './floor.ts';
import { drawMarks } from './marks.ts';
import { hatchPitch, type PlanShown, pictureOf, type TileMarks } from './picture.ts';
import type { Place } from './place.ts';
import { round } from './ring.ts';

let plans = 0;

/** The plan of a floor: metres in, one SVG out. The same on every surface. */
export function createPlan(document: Document) {
  const hatch = `hatch-${++plans}`;
  const groups = ['fabric', 'areas', 'walls', 'tiles', 'flows', 'chosen'].map((name) =>
    svg(document, 'g', { class: name }),
  );
  const pattern = svg(document, 'pattern', {
    id: hatch,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  const defs = svg(document, 'defs', {}, pattern);
  const node = svg(document, 'svg', { class: 'plan', role: 'img' }, defs, ...groups) as SVGSVGElement;
  const [fabric, areas, walls, tiles, flows, chosen] = groups as [
    SVGGElement,
    SVGGElement,
    SVGGElement,
    SVGGElement,
    SVGGElement,
    SVGGElement,
  ];
  return {
    node,
    update(shown: PlanShown) {
      const { floor, scale } = shown;
      const picture = pictureOf(shown, hatch);
      measureUp(node, floor, scale, shown.summary);
      setHatch(pattern, picture.place);
      drawMarks(pattern as SVGGElement, picture.hatching);
      drawMarks(fabric, picture.fabric);
      drawMarks(areas, picture.areas);
      drawMarks(walls, picture.walls);
      drawTiles(tiles, picture.tiles);
      drawMarks(flows, picture.flows);
      drawMarks(chosen, picture.chosen);
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

function setHatch(pattern: SVGElement, { k }: Place): void {
  const size = String(hatchPitch(k) * 4);
  mark(pattern, 'width', size);
  mark(pattern, 'height', size);
}

/** One group a room, kept while the room is there. */
function drawTiles(parent: SVGGElement, drawn: TileMarks[]): void {
  select(parent)
    .selectChildren<SVGGElement, TileMarks>()
    .data(drawn, ({ room }) => room)
    .join('g')
    .attr('class', 'tile')
    .attr('data-room', ({ room }) => room)
    .each(function ({ marks }) {
      drawMarks(this, marks);
    });
}

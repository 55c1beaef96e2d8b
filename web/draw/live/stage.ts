import type { LiveScene } from '../../view/live/scene.ts';
import { element } from '../element.ts';
import type { PlanFloor } from '../plan/floor.ts';
import type { Moved } from '../plan/flows.ts';
import type { Measure } from '../plan/measure.ts';
import type { Palette } from '../plan/palette.ts';
import { createPlan } from '../plan/plan.ts';
import { type PlanType, typeOf } from '../plan/type.ts';
import { createLegend } from './legend.ts';
import { summaryOf } from './summary.ts';
import { type Choose, createTargets } from './targets.ts';
import { detailOf } from './words.ts';

/** Of the window: what a plan is drawn into. `unit` is 1 % of the width of the largest 16:9 box in it, px. */
type StageSize = { width: number; height: number; unit: number; isNarrow: boolean };

/** Type grows up to this many px a metre at the desk; beyond a desk's screen with the screen. */
const CAP = 19;
const CAP_UNITS = 0.99;
/** A room without a place of its own keeps a tile in which its number can be read, px a metre. */
const GRID_LEAST = 7.9;

export type StageShown = {
  scene: LiveScene;
  floors: PlanFloor[];
  floor: PlanFloor;
  palette: Palette;
  measure: Measure;
  size: StageSize;
  /** type grows up to so many px a metre, and no text is smaller (px); if not given as at the desk */
  type?: { cap: number; min: number };
  flows?: Moved[];
};

/** The plan of one floor, its rooms as buttons, and the legend: in the floor's free corner if it fits there. */
export function createStage(document: Document, choose: Choose, hasLegend = true) {
  const plan = createPlan(document);
  const targets = createTargets(document, choose);
  const legend = createLegend(document);
  const sheet = element(document, 'div', { class: 'sheet' }, plan.node as unknown as Node, targets.node);
  const canvas = element(document, 'div', { class: 'canvas' }, sheet);
  const node = element(document, 'div', { class: 'stage' }, canvas, ...(hasLegend ? [legend.node] : []));
  let placedFor: unknown[] = [];
  let scale = 1;
  return {
    node,
    /** The plan alone: what has to be there when a moment is. */
    picture(shown: StageShown) {
      const { scene, floor, palette, measure, flows } = shown;
      const { layer, extents, chosen } = scene;
      // Asking where something stands costs a layout: only when it may have moved.
      const places = placesOf(shown);
      const isMoved = places.some((part, i) => part !== placedFor[i]);
      placedFor = places;
      if (isMoved) {
        legend.update(scene, palette);
        scale = hasLegend ? placed(legend.node, shown) : wholeScale(shown);
      }
      plan.update({
        ...{ floor, rooms: scene.rooms, layer, extents, palette, measure, type: typeFor(shown, scale), scale },
        ...{ zone: scene.zone, summary: summaryOf(floor, scene.rooms), chosen },
        ...(flows && { flows }),
      });
      if (isMoved && hasLegend && legend.node.dataset.place === 'free') moveTo(legend.node, floor, scale, sheet);
    },
    /** The buttons over it, and their words; after its picture. */
    targets({ scene, floor }: StageShown) {
      targets.update(
        floor,
        floor.rooms.filter(({ id }) => scene.rooms.has(id)),
        scale,
        (shape) => detailOf(shape, scene.rooms.get(shape.id)!, scene.zone),
        scene.chosen?.room ?? null,
      );
    },
  };
}

/** What a plan's scale and the words and place of its legend follow from. */
const placesOf = ({ scene, floor, palette, size }: StageShown): unknown[] => [
  ...[scene.venue, scene.layer, scene.extents.people, scene.extents.claps, floor, palette],
  ...[size.width, size.height, size.unit, size.isNarrow],
];

function typeFor({ floors, size, type }: StageShown, scale: number): PlanType {
  const made = typeOf(scale, floors, type?.cap ?? Math.max(CAP, CAP_UNITS * size.unit));
  const least = type?.min ?? 0;
  return { ...made, small: Math.max(made.small, least), min: Math.max(made.min, least) };
}

/** The whole floor in all of the window. */
const wholeScale = ({ floor, size }: Pick<StageShown, 'floor' | 'size'>): number =>
  Math.min(size.width / floor.bounds[2], size.height / floor.bounds[3]);

/** Where the legend goes, and the scale that leaves room for it. */
function placed(legend: HTMLElement, { floor, size }: StageShown): number {
  const [, , width, height] = floor.bounds;
  const least = floor.isGrid ? GRID_LEAST : 0;
  if (size.isNarrow) {
    legend.dataset.place = 'below';
    return Math.max(least, size.width / width);
  }
  legend.dataset.place = 'free';
  const whole = wholeScale({ floor, size });
  const [w, h] = [legend.offsetWidth, legend.offsetHeight];
  if (floor.free && w <= floor.free[2] * whole && h <= floor.free[3] * whole) return whole;
  legend.dataset.place = 'below';
  return Math.max(least, Math.min(size.width / width, (size.height - outerHeight(legend)) / height));
}

/** With what keeps it apart from the plan, px. */
const outerHeight = (node: HTMLElement): number =>
  node.offsetHeight + Number.parseFloat(getComputedStyle(node).marginTop);

function moveTo(legend: HTMLElement, { free, bounds }: PlanFloor, scale: number, sheet: HTMLElement): void {
  const [x, y] = free!;
  const origin = legend.offsetParent?.getBoundingClientRect();
  const { left, top } = sheet.getBoundingClientRect();
  legend.style.left = `${left - (origin?.left ?? 0) + (x - bounds[0]) * scale}px`;
  legend.style.top = `${top - (origin?.top ?? 0) + (y - bounds[1]) * scale}px`;
}

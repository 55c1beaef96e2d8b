import type { LiveScene } from '../../view/live/scene.ts';
import { instantsIn } from '../instant.ts';
import { LAYER_WORDS, scaleOf } from '../live/legend.ts';
import { notCounted } from '../live/total.ts';
import { amount } from '../number.ts';
import { fit } from '../plan/fit.ts';
import type { PlanFloor } from '../plan/floor.ts';
import { type Mark, pathMark, textMark } from '../plan/marks.ts';
import type { Measure } from '../plan/measure.ts';
import type { Palette } from '../plan/palette.ts';
import { hatchPitch, pictureOf } from '../plan/picture.ts';
import { typeOf } from '../plan/type.ts';
import { textOf } from './text.ts';

/** What every picture of a film has in common. */
export type FilmLook = {
  floors: PlanFloor[];
  palette: Palette;
  measure: Measure;
  token(name: string): string;
  width: number;
  height: number;
  title: string;
  /** its pictures are of seconds, which its clock says */
  bySecond: boolean;
  /** what the numbers are, beside the clock */
  note: string;
};

/** Parts of the height: above and below the plans, and around everything. */
const [HEAD, FOOT, EDGE] = [0.1, 0.09, 0.025];
const FONT = 'Liberation Sans, DejaVu Sans, Arial, sans-serif';
const CELLS = 11;

/** A picture of a film as SVG: title and clock above, the plans, what the colours mean and the total below. */
export function frameOf(scene: LiveScene, look: FilmLook): string {
  const { width, height, token } = look;
  const edge = height * EDGE;
  const [top, bottom] = [height * HEAD, height * (1 - FOOT)];
  const ground = `<rect width="${width}" height="${height}" fill="${token('--bg')}"/>`;
  const plans = arranged(look.floors, width - 2 * edge, bottom - top - edge);
  const drawn = plans.places.map(({ floor, x, y }, i) => {
    const inner = planOf(scene, floor, look, plans.scale, `hatch-${i}`);
    return `<g transform="translate(${edge + x} ${top + y})">${inner}</g>`;
  });
  const around = textOf([...head(scene, look, edge), ...foot(scene, look, edge)], token);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">${ground}${drawn.join('')}${around}</svg>`;
}

type Arranged = { scale: number; places: { floor: PlanFloor; x: number; y: number }[] };

/** Floors beside or above each other, at one scale: whichever is larger; in the middle. */
function arranged(floors: PlanFloor[], width: number, height: number): Arranged {
  const sizes = floors.map(({ bounds: [, , w, h] }) => [w, h] as const);
  const sum = (of: 0 | 1) => sizes.reduce((all, size) => all + size[of], 0);
  const most = (of: 0 | 1) => Math.max(...sizes.map((size) => size[of]));
  const beside = Math.min(width / sum(0), height / most(1));
  const above = Math.min(width / most(0), height / sum(1));
  const isBeside = beside >= above;
  const scale = Math.max(beside, above);
  let at = isBeside ? (width - sum(0) * scale) / 2 : (height - sum(1) * scale) / 2;
  const places = floors.map((floor) => {
    const [, , w, h] = floor.bounds;
    const across = isBeside ? (height - h * scale) / 2 : (width - w * scale) / 2;
    const place = isBeside ? { floor, x: at, y: across } : { floor, x: across, y: at };
    at += (isBeside ? w : h) * scale;
    return place;
  });
  return { scale, places };
}

function planOf(scene: LiveScene, floor: PlanFloor, look: FilmLook, scale: number, hatch: string): string {
  const { palette, measure, token, width, height, floors } = look;
  const unit = Math.min(width / 100, height / 56.25);
  const shown = {
    ...{ floor, rooms: scene.rooms, layer: scene.layer, extents: scene.extents, palette, measure, scale },
    ...{ type: typeOf(scale, floors, Math.max(19, unit)), zone: scene.zone, summary: '', chosen: null },
  };
  const { place, hatching, fabric, areas, walls, tiles } = pictureOf(shown, hatch);
  const size = hatchPitch(place.k) * 4;
  const pattern = `<pattern id="${hatch}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" width="${size}" height="${size}">${textOf(hatching, token)}</pattern>`;
  const marks = [...fabric, ...areas, ...walls, ...tiles.flatMap((one) => one.marks)];
  return `<defs>${pattern}</defs>${textOf(marks, token)}`;
}

/** Title and event to the left, the moment to the right. */
function head(
  { frameTime, zone }: LiveScene,
  { width, height, title, note, bySecond }: FilmLook,
  edge: number,
): Mark[] {
  const at = frameTime!;
  const { minute, second, day, zone: name } = instantsIn(zone);
  const [large, small] = [height * 0.055, height * 0.026];
  const right = { x: width - edge, anchor: 'end' as const };
  const ink = { fill: 'var(--text)' };
  const muted = { fill: 'var(--muted)' };
  return [
    textMark('title', title, { x: edge, y: height * 0.048, size: height * 0.034, weight: 700 }, ink),
    textMark('note', note, { x: edge, y: height * 0.082, size: small }, muted),
    textMark('clock', (bySecond ? second : minute)(at), { ...right, y: height * 0.053, size: large, weight: 700 }, ink),
    textMark('day', `${day(at)} · ${name(at)}`, { ...right, y: height * 0.085, size: small }, muted),
  ];
}

/** What the colours mean, how many there are, and what of it is not counted. */
function foot(scene: LiveScene, { width, height, palette, measure }: FilmLook, edge: number): Mark[] {
  const scale = scaleOf(scene);
  const [y, cell, high] = [height * 0.955, width * 0.022, height * 0.018];
  const small = height * 0.022;
  const muted = { fill: 'var(--muted)' };
  const cells = Array.from({ length: CELLS }, (_, i) =>
    pathMark(`cell ${i}`, `M${edge + i * cell} ${y - high}h${cell - 1}v${high}h${1 - cell}z`, {
      fill: cellColour(scene, i, palette),
    }),
  );
  const across = (CELLS * cell) / Math.max(1, scale.at.length - 1);
  const ticks = scale.at.map((word, i) =>
    textMark(
      `tick ${i}`,
      word,
      { x: edge + i * across, y: y + small * 1.15, size: small, anchor: i === 0 ? 'start' : 'middle' },
      muted,
    ),
  );
  const total = `${amount(scene.total.count)} badges in the building`;
  const right = { x: width - edge, anchor: 'end' as const };
  const names = scale.note === '' ? [] : [`${scale.name}, ${scale.note}`];
  const name = fit(measure, names, { width: width - 2 * edge, size: small, min: small, weight: 600 });
  return [
    ...cells,
    ...ticks,
    textMark(
      'scale',
      name?.text ?? scale.name,
      { x: edge, y: y - high - small * 0.4, size: small, weight: 600 },
      { fill: 'var(--text)' },
    ),
    textMark(
      'total',
      total,
      { ...right, y: y + small * 0.4, size: height * 0.03, weight: 700 },
      { fill: 'var(--text)' },
    ),
    textMark('missing', notCounted(scene.total), { ...right, y: y + small * 1.45, size: small * 0.9 }, muted),
  ];
}

/** As in the legend of the page. */
const FAR = 4;
const cellColour = ({ layer }: LiveScene, i: number, palette: Palette): string =>
  layer === 'deviation' ? palette.deviation(FAR * ((2 * i) / (CELLS - 1) - 1)) : palette.stops[i]!;

/** The name of a film of a layer. */
export const titleOf = (venue: string | null, layer: LiveScene['layer']): string =>
  [venue, LAYER_WORDS[layer].toLowerCase()].filter(Boolean).join(', ');

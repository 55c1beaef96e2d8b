import { type ScaleLinear, scaleLinear } from 'd3';
import type { ChangesAt } from '../../view/explore/changes.ts';
import type { Picture } from '../../view/explore/series.ts';
import { measureParts } from '../../view/explore/shelves.ts';
import { svg } from '../element.ts';
import { number } from '../number.ts';
import type { Palette } from '../plan/palette.ts';
import type { Words } from './words.ts';

/** What every picture is drawn from. */
export type ChartShown = {
  picture: Picture;
  rowFields: string[];
  columnFields: string[];
  measure: string;
  words: Words;
  changesAt: ChangesAt;
  palette: Palette;
  size: { width: number; height: number };
};
export type Area = { left: number; top: number; width: number; height: number };

/** A text of a picture. */
export function label(
  document: Document,
  x: number,
  y: number,
  text: string,
  more: Record<string, string> = {},
): SVGElement {
  const node = svg(document, 'text', { x: x.toFixed(1), y: y.toFixed(1), ...more });
  node.append(text);
  return node;
}

/** What has no meaning at zero is drawn between its own ends: signal and temperature. */
const FROM_ZERO = /^(?!temperature|minimum|maximum|average|median|first|last|lowerBound|upperBound)/;

export function valueScale(
  { min, max }: Picture,
  measure: string,
  isFromZero = FROM_ZERO.test(measureParts(measure).name),
): ScaleLinear<number, number> {
  const from = isFromZero ? Math.min(0, min) : min;
  const until = isFromZero ? Math.max(0, max) : max;
  return scaleLinear()
    .domain(from === until ? [from, from + 1] : [from, until])
    .nice(5);
}

/** Lines across an area with their values at the left. */
export function valueAxis(
  document: Document,
  scale: ScaleLinear<number, number>,
  { left, top, width, height }: Area,
  hasWords = true,
): SVGElement[] {
  const y = scale.copy().range([top + height, top]);
  return y
    .ticks(Math.max(2, Math.floor(height / 48)))
    .flatMap((tick) => [
      svg(document, 'path', { class: tick === 0 ? 'axis' : 'grid', d: `M${left} ${y(tick).toFixed(1)}h${width}` }),
      ...(hasWords ? [label(document, left - 8, y(tick) + 4, tickWords(tick), { 'text-anchor': 'end' })] : []),
    ]);
}

const tickWords = (tick: number): string => number(tick, Number.isInteger(tick) ? 0 : 2);

/** px that a name of the axis may go past it */
const EDGE_PX = 16;
/** Times of the day that an axis of times is named at, the finest first. */
const ROUND = [/:(00|30)$/, /:00$/, /(00|03|06|09|12|15|18|21):00$/, /(00|06|12|18):00$/, /(00|12):00$/, /00:00$/];

/** Names under places, so many as have room; `wide` px are needed by each, and none goes past `until`. Times are named at round ones. */
export function placeAxis(
  document: Document,
  names: string[],
  x: (at: number) => number,
  y: number,
  wide: number,
  until = Number.POSITIVE_INFINITY,
): SVGElement[] {
  const step = names.length < 2 ? 1 : Math.max(1, Math.ceil(wide / Math.abs(x(1) - x(0))));
  return placesNamed(names, step).flatMap((i) =>
    i === 0 || x(i) + wide / 2 <= until + EDGE_PX
      ? [label(document, x(i), y, names[i]!, { 'text-anchor': 'middle' })]
      : [],
  );
}

/** Which of some places are named, at least `step` apart. */
export function placesNamed(names: string[], step: number): number[] {
  const every = names.flatMap((_, i) => (i % step === 0 ? [i] : []));
  if (step === 1) return every;
  const round = ROUND.map((at) => names.flatMap((name, i) => (at.test(name) ? [i] : [])));
  return (
    round.find((places) => places.length > 1 && places.every((at, i) => i === 0 || at - places[i - 1]! >= step)) ??
    every
  );
}

/** Deep places are named by their last value, with the first of a group said before it where it begins. */
export function placeNames({ places, isAcross }: Picture, { rowFields, columnFields, words }: ChartShown): string[] {
  const fields = isAcross ? columnFields : rowFields;
  return places.map(({ path }, i) => {
    const own = words.value(fields[path.length - 1] ?? '', path.at(-1) ?? null);
    const group = path.slice(0, -1);
    const before = places[i - 1]?.path.slice(0, -1);
    const isNew = group.length > 0 && String(before) !== String(group);
    return isNew ? `${group.map((value, at) => words.value(fields[at]!, value)).join(' ')} ${own}` : own;
  });
}

/** Monday, McCurdy 1 */
export const pathWords = (
  path: readonly (string | number | boolean | null)[],
  fields: string[],
  words: Words,
): string => path.map((value, i) => words.said(fields[i]!, value)).join(' · ') || 'All';

/** Peak occupancy, badges */
export const axisTitle = ({ measure, words }: ChartShown): string =>
  [...new Set([words.measure(measure), words.unit(measure)].filter(Boolean))]
    .filter((part, i, all) => i === 0 || part.toLowerCase() !== all[0]!.toLowerCase())
    .join(', ');

export const chartNode = (
  document: Document,
  { size }: ChartShown,
  name: string,
  ...children: SVGElement[]
): SVGElement =>
  svg(
    document,
    'svg',
    {
      class: 'chart',
      role: 'img',
      'aria-label': name,
      width: String(size.width),
      height: String(size.height),
      viewBox: `0 0 ${size.width} ${size.height}`,
    },
    ...children,
  );

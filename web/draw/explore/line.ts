import { line as path } from 'd3';
import { byGreatest, gapsOf, type Series } from '../../view/explore/series.ts';
import { svg } from '../element.ts';
import { changeWords } from './changes.ts';
import {
  type Area,
  axisTitle,
  type ChartShown,
  chartNode,
  label,
  pathWords,
  placeAxis,
  placeNames,
  valueAxis,
  valueScale,
} from './frame.ts';

/** Told apart by colour, and named; the others are grey. */
const NAMED = 5;
const [LEFT, TOP, BOTTOM] = [64, 40, 52];
/** px of a name with what is below it, and from its foot to that of what is below it */
const [LABEL_PX, BELOW_PX] = [30, 14];

/** Lines over places: five named where they end, the others grey; unknown values part a line. */
export function drawLines(document: Document, shown: ChartShown): SVGElement {
  const { picture, measure, size, words } = shown;
  const right = size.width < 600 ? 96 : 168;
  const area: Area = { left: LEFT, top: TOP, width: size.width - LEFT - right, height: size.height - TOP - BOTTOM };
  const scale = valueScale(picture, measure);
  const y = scale.copy().range([area.top + area.height, area.top]);
  const step = area.width / Math.max(1, picture.places.length - 1);
  const x = (at: number) => area.left + (picture.places.length === 1 ? area.width / 2 : at * step);
  const named = byGreatest(picture.series).slice(0, NAMED);
  const others = picture.series.filter((series) => !named.includes(series));
  const shape = path<number | null>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y((value) => y(value!));
  const draw = (series: Series, name: string) => [
    svg(document, 'path', { class: `series ${name}`, d: shape(series.values) ?? '' }),
    ...alone(series).map((i) =>
      svg(document, 'circle', {
        class: `dot ${name}`,
        cx: x(i).toFixed(1),
        cy: y(series.values[i]!).toFixed(1),
        r: '2.5',
      }),
    ),
  ];
  const fields = picture.isAcross ? shown.columnFields : shown.rowFields;
  return chartNode(
    document,
    shown,
    `${words.measure(measure)} by ${fields.map(words.field).join(', ')}: ${picture.series.length} lines`,
    label(document, LEFT - 48, 22, axisTitle(shown), { class: 'title' }),
    ...valueAxis(document, scale, area),
    ...placeAxis(
      document,
      placeNames(picture, shown),
      x,
      area.top + area.height + 20,
      wideOf(shown),
      area.left + area.width,
    ),
    label(document, area.left + area.width, size.height - 10, fields.map(words.field).join(', '), {
      'text-anchor': 'end',
    }),
    ...gapMarks(document, shown, area, x),
    ...changeMarks(document, shown, area, x),
    ...others.flatMap((series) => draw(series, 'other')),
    ...[...named].reverse().flatMap((series) => draw(series, `s${named.indexOf(series) + 1}`)),
    ...names(document, named, shown, area, y),
  );
}

/** px of the ends of a bracket, and that its words need */
const [BRACKET_PX, WORDS_PX] = [6, 64];

/** A bracket on the axis along places of which nothing is known, half way to those of which something is. */
function gapMarks(
  document: Document,
  shown: ChartShown,
  { left, top, width, height }: Area,
  x: (at: number) => number,
): SVGElement[] {
  const half = width / Math.max(1, shown.picture.places.length - 1) / 2;
  const names = placeNames(shown.picture, shown);
  return gapsOf(shown.picture).flatMap(([first, last]) => {
    const [from, until] = [Math.max(left, x(first) - half), Math.min(left + width, x(last) + half)];
    const foot = top + height;
    const title = svg(document, 'title');
    title.append(`no data: ${first === last ? names[first] : `${names[first]} to ${names[last]}`}`);
    const d = `M${from.toFixed(1)} ${foot - BRACKET_PX}V${foot}H${until.toFixed(1)}V${foot - BRACKET_PX}`;
    const words = label(document, (from + until) / 2, foot - BRACKET_PX - 4, 'no data', { 'text-anchor': 'middle' });
    return [svg(document, 'path', { class: 'gap', d }, title), ...(until - from >= WORDS_PX ? [words] : [])];
  });
}

/** A line across at each place within whose time gateways were changed. */
function changeMarks(
  document: Document,
  { picture: { places, isAcross }, rowFields, columnFields, changesAt, words }: ChartShown,
  { top, height }: Area,
  x: (at: number) => number,
): SVGElement[] {
  return places.flatMap(({ path }, i) => {
    const changes = changesAt(path, isAcross ? columnFields : rowFields);
    if (changes.length === 0) return [];
    const title = svg(document, 'title');
    title.append(changes.map((change) => changeWords(change, words.zone)).join('\n'));
    return [svg(document, 'path', { class: 'changed', d: `M${x(i).toFixed(1)} ${top}v${height}` }, title)];
  });
}

/** Values between two unknown ones, which no line shows. */
const alone = ({ values }: Series): number[] =>
  values.flatMap((value, i) =>
    value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : [],
  );

/** px that a name under the axis takes */
function wideOf(shown: ChartShown): number {
  const names = placeNames(shown.picture, shown);
  return 16 + 6.6 * Math.max(1, ...names.map(({ length }) => Math.min(length, 24)));
}

/** Names at the right, each beside the end of its line or as near as the one above lets it. */
function names(
  document: Document,
  named: Series[],
  shown: ChartShown,
  { left, top, width, height }: Area,
  y: (value: number) => number,
): SVGElement[] {
  const { words, measure, rowFields } = shown;
  const ends = named.flatMap((series, i) => {
    const last = series.values.findLast((value) => value !== null);
    const max = series.values.reduce((a: number, b) => Math.max(a, b ?? -Infinity), -Infinity);
    return last === undefined || last === null
      ? []
      : [{ at: y(last), max, name: pathWords(series.node.path, rowFields, words), hue: `s${i + 1}` }];
  });
  ends.sort((a, b) => a.at - b.at);
  const least = top + height - BELOW_PX - (ends.length - 1) * LABEL_PX;
  let floor = top + 4;
  return ends.flatMap(({ at, max, name, hue }, i) => {
    const place = Math.min(Math.max(at, floor), least + i * LABEL_PX);
    floor = place + LABEL_PX;
    return [
      label(document, left + width + 12, place, name, { class: `name ${hue}` }),
      label(document, left + width + 12, place + BELOW_PX, `at most ${words.amount(measure, max)}`),
    ];
  });
}

import { greatestOf, type Series } from '../../view/explore/series.ts';
import { svg } from '../element.ts';
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

/** Panels and bars beyond these are counted, not drawn: nobody could read them. */
const PANELS_MAX = 12;
const BARS_MAX = 60;
const [LEFT, TOP, GAP, FOOT] = [64, 48, 24, 26];

/** Bars from zero: a panel for each row where there are columns, else a bar for each row, lying. */
export const drawBars = (document: Document, shown: ChartShown): SVGElement =>
  shown.picture.isAcross ? drawPanels(document, shown) : drawLying(document, shown);

function drawPanels(document: Document, shown: ChartShown): SVGElement {
  const { picture, size, measure, words } = shown;
  const series = greatestOf(picture.series, PANELS_MAX);
  const across = size.width < 600 ? 1 : Math.min(series.length, series.length === 2 || series.length === 4 ? 2 : 3);
  const down = Math.ceil(series.length / across);
  const width = (size.width - LEFT - 24 - (across - 1) * GAP) / across;
  const height = Math.max(56, (size.height - TOP - 24 - down * (FOOT + GAP)) / down);
  const whole = TOP + down * (height + FOOT + GAP);
  const panels = series.flatMap((one, i) => {
    const area = {
      left: LEFT + (i % across) * (width + GAP),
      top: TOP + Math.floor(i / across) * (height + FOOT + GAP),
      width,
      height,
    };
    return panel(document, one, area, shown, i % across === 0);
  });
  const rest = picture.series.length - series.length;
  const title =
    rest > 0 ? `${axisTitle(shown)}: the ${series.length} greatest of ${picture.series.length} rows` : axisTitle(shown);
  const tall = { ...shown, size: { width: size.width, height: Math.max(size.height, whole) } };
  return chartNode(
    document,
    tall,
    `${words.measure(measure)} in ${series.length} panels`,
    label(document, 16, 18, title, { class: 'title' }),
    ...panels,
  );
}

function panel(document: Document, series: Series, area: Area, shown: ChartShown, isFirst: boolean): SVGElement[] {
  const { picture, measure, rowFields, words } = shown;
  const scale = valueScale(picture, measure, true);
  const y = scale.copy().range([area.top + area.height, area.top]);
  const step = area.width / picture.places.length;
  const most = series.values.reduce((a: number, b) => Math.max(a, b ?? -Infinity), -Infinity);
  const bars = series.values.flatMap((value, i) => {
    if (value === null)
      return [label(document, area.left + (i + 0.5) * step, y(0) - 4, '—', { 'text-anchor': 'middle' })];
    const [from, until] = [y(Math.max(0, value)), y(Math.min(0, value))];
    const isMost = value === most && value > 0;
    const bar = svg(document, 'rect', {
      class: isMost ? 'fill most' : 'fill',
      x: (area.left + i * step + step * 0.1).toFixed(1),
      y: from.toFixed(1),
      width: (step * 0.8).toFixed(1),
      height: Math.max(value === 0 ? 0 : 1, until - from).toFixed(1),
    });
    return isMost
      ? [
          bar,
          label(document, area.left + (i + 0.5) * step, from - 5, words.amount(measure, value), {
            class: 'name',
            'text-anchor': 'middle',
          }),
        ]
      : [bar];
  });
  const names = placeNames(picture, shown);
  const wide = 14 + 6.6 * Math.max(...names.map(({ length }) => Math.min(length, 20)));
  return [
    label(document, area.left, area.top - 10, pathWords(series.node.path, rowFields, words), { class: 'name' }),
    ...valueAxis(document, scale, area, isFirst),
    ...bars,
    ...placeAxis(document, names, (at) => area.left + (at + 0.5) * step, area.top + area.height + 16, wide),
  ];
}

function drawLying(document: Document, shown: ChartShown): SVGElement {
  const { picture, size, measure, words, rowFields } = shown;
  const places = picture.places.slice(0, BARS_MAX);
  const values = picture.series[0]?.values ?? [];
  const left = size.width < 600 ? 132 : 220;
  const width = size.width - left - 110;
  const x = valueScale(picture, measure, true).range([left, left + width]);
  const row = 30;
  const bars = places.flatMap(({ path }, i) => {
    const value = values[i] ?? null;
    const y = 44 + i * row;
    const [from, until] = [Math.min(x(0), x(value ?? 0)), Math.max(x(0), x(value ?? 0))];
    return [
      label(document, left - 12, y + 15, pathWords(path, rowFields, words), { 'text-anchor': 'end', class: 'row' }),
      svg(document, 'rect', {
        class: 'fill',
        x: from.toFixed(1),
        y: String(y),
        width: (until - from).toFixed(1),
        height: '22',
      }),
      label(document, until + 8, y + 15, words.whole(measure, value), { class: 'name' }),
    ];
  });
  const title =
    places.length < picture.places.length
      ? `${axisTitle(shown)}: the first ${places.length} of ${picture.places.length}`
      : axisTitle(shown);
  const tall = { ...shown, size: { width: size.width, height: Math.max(160, 64 + places.length * row) } };
  const zero = svg(document, 'path', { class: 'axis', d: `M${x(0).toFixed(1)} 38v${places.length * row + 6}` });
  return chartNode(
    document,
    tall,
    `${words.measure(measure)}: ${places.length} bars`,
    label(document, 16, 22, title, { class: 'title' }),
    ...bars,
    zero,
  );
}

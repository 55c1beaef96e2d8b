import { measureParts } from '../../view/explore/shelves.ts';
import type { Run } from '../../view/explore/window.ts';
import type { TableShown } from './table.ts';

/** px */
const WIDTHS = { head: 208, narrow: 124, column: 58, figure: 96, many: 124, text: 200, total: 104 };
/** px of a figure and of a letter of a heading, with the padding of its cell; so many lines and columns tell how long they get */
const FIGURE = { px: 7.4, edges: 18 };
const HEADING = { px: 6.9, edges: 20, most: 176 };
const SAMPLE = { lines: 60, columns: 40 };

/** px of a column of cells: as wide as what stands in it, wider where there is room. */
export function columnWidth(shown: TableShown, width: number): number {
  const { grid, measures, kind, cube, isNarrow } = shown;
  const isText = measures.some((measure) => typeof cube.cell(cube.rows, cube.columns)?.[measure] === 'object');
  const usual = measures.length > 1 ? WIDTHS.many : kind === 'heat' ? WIDTHS.column : WIDTHS.figure;
  const least = isText ? WIDTHS.text : Math.max(usual, longestFigure(shown), longestHeading(shown));
  const rest = width - headWidth(isNarrow) - grid.totals.length * totalWidth(shown);
  return Math.max(least, Math.min(isText ? 400 : 220, Math.floor(rest / Math.max(1, grid.columns.length))));
}

const headingPx = (text: string): number => Math.min(HEADING.most, Math.ceil(text.length * HEADING.px + HEADING.edges));

function longestHeading({ grid, measures, columnFields, words }: TableShown): number {
  const isMeasure = measures.length > 1 || columnFields.length === 0;
  const columns = [...grid.columns.slice(0, SAMPLE.columns), ...grid.columns.slice(-1)];
  const texts = isMeasure
    ? measures.map(words.measure)
    : columns.map(({ node: { path } }) =>
        path.length > 0 ? words.value(columnFields[path.length - 1]!, path.at(-1)!) : '',
      );
  return Math.max(0, ...texts.map(headingPx));
}

/** Of several measures each total is headed by its name. */
export const totalWidth = ({ measures, words }: TableShown): number =>
  Math.max(WIDTHS.total, ...(measures.length > 1 ? measures.map((measure) => headingPx(words.measure(measure))) : []));

const lengths = new WeakMap<TableShown, number>();

/** px that the longest of some figures takes: totals are longest, and so is what stands at the ends. */
function longestFigure(shown: TableShown): number {
  const held = lengths.get(shown);
  if (held !== undefined) return held;
  const { grid, cube, words } = shown;
  const lines = [...(grid.total ? [grid.total] : []), ...grid.lines.slice(0, SAMPLE.lines), ...grid.lines.slice(-1)];
  const columns = [...grid.columns.slice(0, SAMPLE.columns), ...grid.columns.slice(-1)];
  let longest = 0;
  for (const { node } of lines)
    for (const column of columns) {
      const value = cube.cell(node, column.node)?.[column.measure];
      const signs = measureParts(column.measure).name === 'deviation' ? 3 : 0;
      if (typeof value === 'number') longest = Math.max(longest, words.amount(column.measure, value).length + signs);
    }
  const px = Math.ceil(longest * FIGURE.px + FIGURE.edges);
  lengths.set(shown, px);
  return px;
}

export const headWidth = (isNarrow: boolean): number => (isNarrow ? WIDTHS.narrow : WIDTHS.head);

/** px of each column that is made, and of what stands for those beside them. */
export function widthsOf(shown: TableShown, { from, until }: Run, width: number): number[] {
  const { columns, totals } = shown.grid;
  return [
    headWidth(shown.isNarrow),
    ...(from > 0 ? [from * width] : []),
    ...Array<number>(until - from).fill(width),
    ...(until < columns.length ? [(columns.length - until) * width] : []),
    ...totals.map(() => totalWidth(shown)),
  ];
}

export const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);

import { extentsOf } from '../../view/explore/extent.ts';
import type { Column, Line } from '../../view/explore/grid.ts';
import { svg } from '../element.ts';
import { fillOf } from './cell.ts';
import { label, pathWords } from './frame.ts';
import type { TableShown } from './table.ts';

/** A picture holds so many lines and columns; more could not be read. */
const LINES_MAX = 80;
const COLUMNS_MAX = 40;
const [ROW, HEAD, LEFT, WIDTH, TOTAL] = [28, 36, 190, 76, 96];

/** The table as SVG, for a picture of it: what is open and sorted on the screen, from its beginning. */
export function drawGrid(document: Document, shown: TableShown): SVGElement {
  const { grid, columnFields, words, measures } = shown;
  const columns = [...grid.columns.slice(0, COLUMNS_MAX), ...grid.totals];
  const lines = [...grid.lines.slice(0, LINES_MAX), ...(grid.total ? [grid.total] : [])];
  const x = (i: number) =>
    LEFT +
    Math.min(i, columns.length - grid.totals.length) * WIDTH +
    Math.max(0, i - columns.length + grid.totals.length) * TOTAL;
  const [width, height] = [x(columns.length) + 16, HEAD + lines.length * ROW + 16];
  const name = ({ node, measure }: Column) =>
    measures.length > 1 || node.path.length === 0 ? words.measure(measure) : pathWords(node.path, columnFields, words);
  const heads = columns.map((column, i) => label(document, x(i + 1) - 8, 22, name(column), { 'text-anchor': 'end' }));
  const by = extentsOf(shown.cube, grid, measures[0]!, shown.by);
  const rows = lines.flatMap((line, at) => row(document, line, at, columns, x, shown, by));
  return svg(
    document,
    'svg',
    { class: 'chart', width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}` },
    ...heads,
    ...rows,
  );
}

function row(
  document: Document,
  line: Line,
  at: number,
  columns: Column[],
  x: (i: number) => number,
  shown: TableShown,
  by: ReturnType<typeof extentsOf>,
): SVGElement[] {
  const { cube, words, palette, kind, rowFields } = shown;
  const y = HEAD + at * ROW;
  const name = line.node.path.length === 0 ? 'All' : words.value(rowFields[line.depth]!, line.node.path[line.depth]!);
  const cells = columns.flatMap((column, i) => {
    const value = cube.cell(line.node, column.node)?.[column.measure];
    const isCell = kind === 'heat' && !line.isTotal && !column.isTotal;
    const fill = isCell ? fillOf(column.measure, value, by(line, column), palette) : null;
    const words_ = label(document, x(i + 1) - 8, y + 19, words.amount(column.measure, value), {
      'text-anchor': 'end',
      class: fill ? 'inked' : line.isTotal ? 'name' : 'row',
      ...(fill && { fill: palette.ink(fill) }),
    });
    return fill
      ? [
          svg(document, 'rect', {
            x: String(x(i)),
            y: String(y),
            width: String(x(i + 1) - x(i) - 1),
            height: String(ROW - 1),
            fill,
          }),
          words_,
        ]
      : [words_];
  });
  return [label(document, 16 + line.depth * 14, y + 19, name, { class: line.isTotal ? 'name' : 'row' }), ...cells];
}

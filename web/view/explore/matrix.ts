import type { Value } from '../../read/pivot.ts';
import { type Cube, numberAt } from './cube.ts';
import type { Column, Grid, Line } from './grid.ts';

type Words = { field(name: string): string; value(field: string, value: Value): string; measure(name: string): string };
type Shown = { cube: Cube; grid: Grid; rowFields: string[]; columnFields: string[]; measures: string[] };

/** What is on the screen as cells of text: open and sorted as it is there, numbers unrounded, totals included. */
export function matrixOf({ cube, grid, rowFields, columnFields, measures }: Shown, words: Words): string[][] {
  const columns = [...grid.columns, ...grid.totals];
  const lines = [...grid.lines, ...(grid.total ? [grid.total] : [])];
  const path = (values: Value[], fields: string[]) =>
    values.map((value, i) => words.value(fields[i]!, value)).join(' ');
  const name = ({ node, measure }: Column) => {
    const place = path(node.path, columnFields) || (columnFields.length > 0 ? 'All' : '');
    return measures.length > 1 || place === '' ? `${place} ${words.measure(measure)}`.trim() : place;
  };
  const cells = ({ node }: Line) => columns.map((column) => textOf(cube, node, column));
  const heads = ({ node }: Line) =>
    rowFields.map((field, i) => (node.path.length > i ? words.value(field, node.path[i]!) : 'All'));
  return [
    [...rowFields.map(words.field), ...columns.map(name)],
    ...lines.map((line) => [...heads(line), ...cells(line)]),
  ];
}

function textOf(cube: Cube, node: Line['node'], { node: column, measure }: Column): string {
  const number = numberAt(cube, node, column, measure);
  if (number !== null) return String(number);
  const value = cube.cell(node, column)?.[measure];
  return value === null || value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value);
}

/** RFC 4180: quotes where they are needed, CRLF. */
export const csvOf = (matrix: string[][]): string =>
  matrix
    .map(
      (row) => `${row.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`,
    )
    .join('');

/** As spreadsheets paste it: tabs and ends of lines become spaces. */
export const tsvOf = (matrix: string[][]): string =>
  matrix.map((row) => `${row.map((text) => text.replace(/[\t\r\n]+/g, ' ')).join('\t')}\n`).join('');

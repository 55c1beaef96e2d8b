import { csvCell } from '../formats/csv.ts';
import type { Format } from '../formats/format.ts';
import { type Columns, isNumeric } from '../model/query.ts';

/** Rows whose widths decide the columns' widths. */
const SAMPLE = 500;

/** Rows for a person at a terminal: columns aligned, numbers to the right. Widths follow the first rows. */
export const table: Format = {
  type: 'text/plain',
  whole: false,
  async *write({ columns, rows }) {
    const names = Object.keys(columns);
    let widths: number[] | null = null;
    for await (const chunk of rows) {
      const cells = chunk.map((row) => names.map((name) => csvCell(row[name], columns[name]!)));
      if (!widths) {
        widths = names.map((name, i) => Math.max(name.length, ...cells.slice(0, SAMPLE).map((row) => row[i]!.length)));
        yield line(names, names, columns, widths);
      }
      for (const row of cells) yield line(row, names, columns, widths);
    }
  },
};

const line = (cells: string[], names: string[], columns: Columns, widths: number[]) =>
  `${cells
    .map((cell, i) => (isNumeric(columns[names[i]!]) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
    .join('  ')
    .trimEnd()}\n`;

import type { ColumnType } from '../model/query.ts';
import { cellText } from './cell.ts';
import type { Format, Row } from './format.ts';

/** RFC 4180, UTF-8, with a header; an unknown value is an empty cell, an instant is RFC 3339 in UTC. */
export const csv: Format = {
  type: 'text/csv; charset=utf-8; header=present',
  whole: false,
  async *write({ columns, rows }) {
    const names = Object.keys(columns);
    yield `${names.map((name) => csvCell(name, 'text')).join(',')}\r\n`;
    for await (const chunk of rows) yield chunk.map((row) => csvLine(names, columns, row)).join('');
  },
};

const csvLine = (names: string[], columns: Record<string, ColumnType>, row: Row) =>
  `${names.map((name) => csvCell(row[name], columns[name]!)).join(',')}\r\n`;

/** One cell, quoted only where it must be. */
export function csvCell(value: unknown, type: ColumnType): string {
  const text = cellText(value, type);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { parse } from 'csv-parse/sync';

/** The cells of one CSV record, blanks around them cut; undefined where its quotes are not RFC 4180's. */
export function splitCells(text: string, delimiter: string): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  try {
    const [cells, ...others] = parse(text, { delimiter, relax_column_count: true });
    return cells && others.length === 0 ? cells.map((cell) => cell.trim()) : undefined;
  } catch {
    // the library's message quotes the cell
    return undefined;
  }
}

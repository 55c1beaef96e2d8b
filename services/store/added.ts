import { dirname } from 'node:path';
import { LEVEL } from '../model/pivot.ts';
import { type Columns, isNumeric } from '../model/query.ts';
import type { Added } from '../model/schedule.ts';
import { openMemory } from './database.ts';

/** Bytes of a line of text at most; a reader holds some of them. */
const LINE_MAX = 2 ** 24;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const own = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The columns of numbers. */
export const numericIn = (columns: Columns): string[] =>
  Object.keys(columns).filter((name) => isNumeric(columns[name]));

/** Has the engine add up a table of a file (`$file`): its rows, and each column of numbers over those that are no totals. Throws what it cannot read. */
export async function addUp(file: string, table: string, columns: Columns): Promise<Added> {
  const names = numericIn(columns);
  const isRow = LEVEL in columns ? `coalesce(${own(LEVEL)}, '') = ''` : 'true';
  const sums = names.flatMap((name) => {
    const value = `${own(name)}::DOUBLE`;
    return [`sum(${value}) FILTER (${isRow})`, `sum(abs(${value})) FILTER (${isRow})`];
  });
  const memory = await openMemory(dirname(file));
  try {
    const asked = `SELECT ${['count(*)::DOUBLE', ...sums].join(', ')} FROM ${table}`;
    const [rows, ...added] = (await memory.connection.runAndReadAll(asked, { file })).getRows()[0] as (number | null)[];
    const sumOf = (i: number) => ({ sum: added[2 * i] ?? 0, size: added[2 * i + 1] ?? 0 });
    return { rows: rows!, sums: Object.fromEntries(names.map((name, i) => [name, sumOf(i)])) };
  } finally {
    memory.close();
  }
}

/** Text as a table of its columns, numbers as such. */
export const textIn = (columns: Columns, how: string): string => {
  const types = Object.entries(columns).map(
    ([name, type]) => `${text(name)}: '${isNumeric(type) ? 'DOUBLE' : 'VARCHAR'}'`,
  );
  return `read_csv($file, auto_detect = false, header = true, ${how}, max_line_size = ${LINE_MAX}, columns = {${types}})`;
};

/** Lines of JSON as a table of columns of numbers. `skip`: lines before the first row; `row`: what of a line that is. */
export const linesIn = (columns: Columns, skip: number, row: string): string => {
  const wanted = Object.fromEntries(numericIn(columns).map((name) => [name, 'DOUBLE']));
  const structure = JSON.stringify(LEVEL in columns ? { ...wanted, [LEVEL]: 'VARCHAR' } : wanted);
  const lines = `read_csv($file, auto_detect = false, header = false, skip = ${skip}, delim = '', quote = '', escape = '', max_line_size = ${LINE_MAX}, columns = {line: 'VARCHAR'})`;
  return `(SELECT row.* FROM (SELECT json_transform_strict(${row}, ${text(structure)}) AS row FROM ${lines}))`;
};

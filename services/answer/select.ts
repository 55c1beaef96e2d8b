import { isNumeric, type Query } from '../model/query.ts';
import { sql } from '../store/sql.ts';
import { type Key, readCursor } from './cursor.ts';
import type { Shape } from './datasets.ts';
import { Refused } from './refused.ts';

/** A statement made of our own fragments; whatever a client sent is among the values. */
export type Select = {
  text: string;
  values: Record<string, bigint | string | boolean | number>;
  sort: string;
  key: string[];
};

/** How the columns of a key are compared: unknown sorts first, as a value that no real one has (' ' begins each text). */
const comparedNumber = (column: string) => `coalesce("${column}"::DOUBLE, '-inf'::DOUBLE)`;
const COMPARED: Record<string, (column: string) => string> = {
  text: (column) => `coalesce(' ' || "${column}", '')`,
  number: comparedNumber,
  integer: comparedNumber,
  boolean: (column) => `"${column}"`,
  instant: (column) => `"${column}"`,
};

/** The rows of a dataset that a query wants, in its order, one more than its limit to know whether there are more. */
export function select(shape: Shape, query: Query): Select {
  const sort = query.sort ?? shape.sort;
  const descending = sort.startsWith('-');
  const key = shape.sorts[descending ? sort.slice(1) : sort];
  if (!key) throw new Refused([{ pointer: '/sort', expected: sortNames(shape).join(' or '), found: sort }]);
  const values: Select['values'] = {};
  const where: string[] = [];
  const bound = (name: 'from' | 'until', test: string) => {
    const ms = query.span?.[name];
    if (ms === undefined) return;
    where.push(`${shape.time} ${test} make_timestamp($${name}::BIGINT)`);
    values[name] = BigInt(ms) * 1000n;
  };
  bound('from', '>=');
  bound('until', '<');
  for (const name of Object.keys(shape.filters)) {
    const value = query.filters?.[name];
    if (value === undefined) continue;
    where.push(`"${name}" = $${name}`);
    values[name] = value;
  }
  if (query.cursor !== undefined)
    where.push(after(shape, key, readCursor(query.cursor, sort, key, shape.columns), descending, values));
  const order = key.map((column) => `${compared(shape, column)}${descending ? ' DESC' : ''}`).join(', ');
  const limit = query.limit == null ? '' : `LIMIT ${Math.trunc(query.limit) + 1}`;
  const condition = where.length > 0 ? `WHERE ${where.join('\n  AND ')}` : '';
  const text = [sql(import.meta.url, shape.readFrom).trim(), condition, `ORDER BY ${order}`, limit].join('\n');
  return { text, values, sort, key };
}

const sortNames = (shape: Shape) => Object.keys(shape.sorts).flatMap((name) => [name, `-${name}`]);

const compared = (shape: Shape, column: string) => COMPARED[shape.columns[column]!]!(column);

/** Rows past a key: the first column alone first, since that is what the store can skip by. */
function after(shape: Shape, key: string[], at: Key, descending: boolean, values: Select['values']): string {
  const sign = descending ? '<' : '>';
  const places = key.map((column, i) => place(shape, column, `k${i}`, at[i] ?? null, values));
  const rows = `(${key.map((column) => compared(shape, column)).join(', ')}) ${sign} (${places.join(', ')})`;
  return `"${key[0]}" ${sign}= ${places[0]} AND ${rows}`;
}

function place(shape: Shape, column: string, name: string, value: Key[number], values: Select['values']): string {
  const type = shape.columns[column]!;
  if (type === 'instant') {
    values[name] = BigInt(typeof value === 'number' ? Math.trunc(value) : 0) * 1000n;
    return `make_timestamp($${name}::BIGINT)`;
  }
  if (isNumeric(type)) {
    values[name] = typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;
    return `$${name}::DOUBLE`;
  }
  if (type === 'boolean') {
    values[name] = value === true;
    return `$${name}::BOOLEAN`;
  }
  values[name] = value === null ? '' : ` ${value}`;
  return `$${name}::VARCHAR`;
}

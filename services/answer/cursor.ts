import type { Columns, ColumnType } from '../model/query.ts';
import type { Row } from '../store/rows.ts';
import { Refused } from './refused.ts';

/** The values of a row's key columns, unknown ones as null. */
export type Key = (string | number | boolean | null)[];

const refused = () =>
  new Refused([
    { pointer: '/cursor', expected: 'the cursor of an answer to the same question', found: 'another text' },
  ]);

/** Where a page ended, for the next question: opaque to whoever carries it. */
export const writeCursor = (sort: string, columns: string[], row: Row): string =>
  Buffer.from(JSON.stringify([sort, ...columns.map((column) => row[column])])).toString('base64url');

/** Reads a cursor back. It is input like any other: one of another sort, shape or type is refused. */
export function readCursor(text: string, sort: string, key: string[], columns: Columns): Key {
  let found: unknown;
  try {
    found = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw refused();
  }
  if (!Array.isArray(found) || found.length !== key.length + 1 || found[0] !== sort) throw refused();
  const values: unknown[] = found.slice(1);
  if (!values.every((value, i) => FITS[columns[key[i]!]!](value))) throw refused();
  return values as Key;
}

/** The instant at which a cursor by time goes on, UTC ms; null where it is none of those, which `readCursor` says. */
export function timeIn(text: string): number | null {
  try {
    const [, time] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    return Number.isSafeInteger(time) ? (time as number) : null;
  } catch {
    return null;
  }
}

const isNumber = (value: unknown) =>
  value === null || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
/** What a key column may hold. Instants of a key are always known, and such as a calendar has. */
const FITS: Record<ColumnType, (value: unknown) => boolean> = {
  text: (value) => value === null || typeof value === 'string',
  number: isNumber,
  integer: isNumber,
  boolean: (value) => typeof value === 'boolean',
  instant: (value) => Number.isInteger(value) && Math.abs(value as number) <= 8.64e15,
  json: () => false,
};

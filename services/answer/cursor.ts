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

/** Reads a cursor back. It is input like any other: one of another sort or shape is refused. */
export function readCursor(text: string, sort: string, columns: string[]): Key {
  let found: unknown;
  try {
    found = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw refused();
  }
  if (!Array.isArray(found) || found.length !== columns.length + 1 || found[0] !== sort) throw refused();
  const key: unknown[] = found.slice(1);
  if (!key.every(isKeyValue)) throw refused();
  return key;
}

const isKeyValue = (value: unknown): value is Key[number] =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

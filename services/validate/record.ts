import { isUtf8 } from 'node:buffer';
import type { Reason } from '../model/reject.ts';
import { CUT_MAX, LINE_MAX, NESTING_MAX } from './bounds.ts';
import type { Output } from './output.ts';
import { scrubRaw } from './scrub.ts';
import { syntaxFault } from './syntax.ts';

export const NOT_UTF8: Reason = { pointer: '', expected: 'UTF-8', found: 'bytes that are none' };

export type Parsed = { item: unknown } | { reason: Reason };

/** Parses the JSON of one line or element, whose brackets are `deepest` deep: an item, or why there is none. */
export function parseJson(bytes: Buffer, deepest: number): Parsed {
  if (deepest > NESTING_MAX) return { reason: tooDeep(deepest) };
  if (!isUtf8(bytes)) return { reason: NOT_UTF8 };
  const text = bytes.toString();
  try {
    return { item: JSON.parse(text) };
  } catch {
    // the engine's message quotes the text, MACs and all
    return { reason: syntaxFault(text) };
  }
}

/** Refuses bytes that hold no item. */
export function refuseBytes(bytes: Buffer, reason: Reason, output: Output): void {
  output.refuse(scrubRaw(bytes.toString()), [reason]);
}

/** Refuses what is longer than LINE_MAX; of its text the beginning is kept. */
export function refuseLong(bytes: Buffer, what: string, output: Output): void {
  const expected = `${what} of at most ${LINE_MAX} bytes`;
  const text = bytes.subarray(0, CUT_MAX).toString();
  output.refuse(scrubRaw(text, true), [{ pointer: '', expected, found: 'more' }]);
}

function tooDeep(deepest: number): Reason {
  return { pointer: '', expected: `objects and arrays nested at most ${NESTING_MAX} deep`, found: String(deepest) };
}

import { isUtf8 } from 'node:buffer';
import type { Reason } from '../model/reject.ts';
import { CUT_MAX, LINE_MAX, NESTING_MAX } from './bounds.ts';
import type { Output } from './output.ts';
import { scrubRaw } from './scrub.ts';
import { syntaxFault } from './syntax.ts';

export const NOT_UTF8: Reason = { pointer: '', expected: 'UTF-8', found: 'bytes that are none' };

const NOT_JSON: Reason = { pointer: '', expected: 'JSON', found: 'other text' };

export type Parsed = { item: unknown } | { reason: Reason };

/** Parses the JSON of one line or element, whose brackets are `deepest` deep: an item, or why there is none. */
export function parseJson(bytes: Buffer, deepest: number, output: Output): Parsed {
  if (deepest > NESTING_MAX) return { reason: tooDeep(deepest) };
  if (!isUtf8(bytes)) return { reason: NOT_UTF8 };
  const text = bytes.toString();
  // an error of JSON.parse costs more than all else: after a line that was broken the next one is looked at first
  const reason = output.isWary ? syntaxFault(text) : undefined;
  return reason ? { reason } : parseText(text, output);
}

function parseText(text: string, output: Output): Parsed {
  try {
    const item: unknown = JSON.parse(text);
    output.isWary = false;
    return { item };
  } catch {
    // the engine's message quotes the text, MACs and all
    output.isWary = true;
    return { reason: syntaxFault(text) ?? NOT_JSON };
  }
}

/** Why bytes are no JSON, of which the brackets or quotes say so already. */
export function brokenFault(bytes: Buffer, deepest: number): Reason {
  if (deepest > NESTING_MAX) return tooDeep(deepest);
  return isUtf8(bytes) ? (syntaxFault(bytes.toString()) ?? NOT_JSON) : NOT_UTF8;
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

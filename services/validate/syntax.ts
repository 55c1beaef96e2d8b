import type { Reason } from '../model/reject.ts';
import { show } from './show.ts';

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/uy;

/** What may come next, by where the reader stands. */
type State = keyof typeof WORDS;
const WORDS = {
  value: 'a value',
  first: 'a value or ]',
  key: 'a name in quotes',
  firstKey: 'a name in quotes or }',
  colon: ':',
  nextInObject: ', or }',
  nextInArray: ', or ]',
  end: 'the end',
} as const;

/** Where text stops being JSON, undefined if it is JSON: JSON.parse tells it in words that quote the text. */
export function syntaxFault(text: string): Reason | undefined {
  const open: string[] = [];
  let state: State = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    const next: State | undefined = match ? step(state, match, open) : undefined;
    if (next === undefined) return faultAt(text, from, state);
    state = next;
  }
}

function step(state: State, [, sign, quoted, other]: RegExpExecArray, open: string[]): State | undefined {
  if (state === 'colon') return sign === ':' ? 'value' : undefined;
  if (state === 'key' || state === 'firstKey') {
    if (quoted) return 'colon';
    return sign === '}' && state === 'firstKey' ? leave(open) : undefined;
  }
  if (state === 'value' || state === 'first') {
    if (quoted || other) return after(open);
    if (sign === '{' || sign === '[') return enter(sign, open);
    return sign === ']' && state === 'first' ? leave(open) : undefined;
  }
  if (state === 'nextInObject') return sign === ',' ? 'key' : sign === '}' ? leave(open) : undefined;
  if (state === 'nextInArray') return sign === ',' ? 'value' : sign === ']' ? leave(open) : undefined;
  return undefined;
}

function enter(sign: string, open: string[]): State {
  open.push(sign);
  return sign === '{' ? 'firstKey' : 'first';
}

function leave(open: string[]): State {
  open.pop();
  return after(open);
}

function after(open: string[]): State {
  const inner = open.at(-1);
  return inner === undefined ? 'end' : inner === '{' ? 'nextInObject' : 'nextInArray';
}

function faultAt(text: string, from: number, state: State): Reason | undefined {
  const at = from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0);
  if (at >= text.length && state === 'end') return undefined;
  const expected = `JSON: ${WORDS[state]} at character ${at + 1}`;
  if (at >= text.length) return { pointer: '', expected, found: 'the end' };
  return { pointer: '', expected, found: foundAt(text, at) };
}

/** A word's characters could be part of a MAC: only signs are quoted. */
function foundAt(text: string, at: number): string {
  const found = text.slice(at, at + 1);
  if (found === '"') return 'a text whose quotes or escapes do not close';
  return /[\w:.-]/.test(found) ? 'a word or number' : show(found);
}

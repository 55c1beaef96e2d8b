import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  CR,
  isBlank,
  LF,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './ascii.ts';
import { NESTING_MAX } from './bounds.ts';

/**
 * How a JSON value's brackets and quotes stand, as far as it was seen: enough to find its end and to bound its depth
 * without parsing, in any pieces, and without a stack of its own.
 */
export type Shape = {
  /** open brackets now, and at most so far */
  depth: number;
  deepest: number;
  /** cannot become JSON any more */
  broken: boolean;
  /** a bracket that brought the depth back to 0 was seen */
  closed: boolean;
  inString: boolean;
  escaped: boolean;
  /** the last byte that is not white space */
  last: number;
  /** of the 31 outermost open brackets: a set bit is an object */
  objects: number;
};

export function newShape(): Shape {
  return {
    depth: 0,
    deepest: 0,
    broken: false,
    closed: false,
    inString: false,
    escaped: false,
    last: COLON,
    objects: 0,
  };
}

/**
 * Goes on from `from`; returns the place after the bracket that closes the value, or that of a comma or `]` outside
 * of any bracket, or `until`.
 */
export function follow(shape: Shape, bytes: Uint8Array, from: number, until: number): number {
  shape.closed = false;
  for (let at = from; at < until; at++) {
    const byte = bytes[at] as number;
    if (shape.inString) followString(shape, byte);
    else if (isBlank(byte)) continue;
    else if (shape.depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) return at;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) open(shape, byte);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      close(shape, byte);
      if (shape.closed) return at + 1;
    } else {
      if (byte === QUOTE) startString(shape);
      shape.last = byte;
    }
  }
  return until;
}

function followString(shape: Shape, byte: number): void {
  if (shape.escaped) shape.escaped = false;
  else if (byte === BACKSLASH) shape.escaped = true;
  else if (byte === QUOTE) shape.inString = false;
  else if (byte === LF || byte === CR) {
    // JSON has no line break in a string: its closing quote is missing
    shape.broken = true;
    shape.inString = false;
  }
}

function startString(shape: Shape): void {
  if (!expectsValue(shape.last) && shape.last !== OPEN_OBJECT) shape.broken = true;
  shape.inString = true;
}

function open(shape: Shape, byte: number): void {
  if (!expectsValue(shape.last) || (shape.last === COMMA && isObjectAt(shape, shape.depth))) shape.broken = true;
  shape.depth += 1;
  shape.deepest = Math.max(shape.deepest, shape.depth);
  const bit = bitOf(shape.depth);
  shape.objects = byte === OPEN_OBJECT ? shape.objects | bit : shape.objects & ~bit;
  shape.last = byte;
}

function close(shape: Shape, byte: number): void {
  if (isObjectAt(shape, shape.depth) !== (byte === CLOSE_OBJECT) && shape.depth < 31) shape.broken = true;
  shape.depth = Math.max(0, shape.depth - 1);
  shape.closed = shape.depth === 0;
  shape.last = byte;
}

const expectsValue = (last: number): boolean => last === COLON || last === COMMA || last === OPEN_ARRAY;
const bitOf = (depth: number): number => (depth < 31 ? 1 << depth : 0);
const isObjectAt = (shape: Shape, depth: number): boolean => (shape.objects & bitOf(depth)) !== 0;

/** Whether bytes hold so few opening brackets that they cannot be nested too deep. */
export function hasFewBrackets(bytes: Uint8Array): boolean {
  return countUpTo(bytes, OPEN_OBJECT) + countUpTo(bytes, OPEN_ARRAY) <= NESTING_MAX;
}

function countUpTo(bytes: Uint8Array, bracket: number): number {
  let count = 0;
  let at = bytes.indexOf(bracket);
  for (; at >= 0 && count <= NESTING_MAX; at = bytes.indexOf(bracket, at + 1)) count++;
  return count;
}

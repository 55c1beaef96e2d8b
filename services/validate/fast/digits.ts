import { DOT, MINUS, ZERO } from '../ascii.ts';

/** Digits that a double holds exactly; so are the powers of ten that undo as many decimals. */
const DIGITS_MAX = 15;
const POWERS = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, power) => 10 ** power);

/**
 * Reads a number without an exponent into `into[index]` and returns the place after it; −1 where there is none, or one
 * of so many digits that a sum of them may differ from what JSON.parse rounds to.
 */
export function readNumber(bytes: Uint8Array, start: number, into: Float64Array, index: number): number {
  const isNegative = bytes[start] === MINUS;
  const from = isNegative ? start + 1 : start;
  let at = from;
  let number = 0;
  for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) number = number * 10 + digit;
  let digits = at - from;
  if (digits === 0 || (digits > 1 && bytes[from] === ZERO)) return -1;
  if (bytes[at] === DOT) {
    const point = at++;
    for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) number = number * 10 + digit;
    const decimals = at - point - 1;
    digits += decimals;
    if (decimals === 0 || digits > DIGITS_MAX) return -1;
    number /= POWERS[decimals] as number;
  }
  if (digits > DIGITS_MAX) return -1;
  into[index] = isNegative ? -number : number;
  return at;
}

/** Digits of a time in ms that hold for hours: the first eight are those of the time before. */
const PREFIX_DIGITS = 8;
const prefix = { one: 0, two: 0, number: 0 };

/** As `readNumber`, for times: most begin as the one before. */
export function readTime(bytes: Uint8Array, view: DataView, start: number, into: Float64Array, index: number): number {
  const isKnown = view.getInt32(start, true) === prefix.one && view.getInt32(start + 4, true) === prefix.two;
  if (!isKnown) return readNewTime(bytes, view, start, into, index);
  let at = start + PREFIX_DIGITS;
  let number = prefix.number;
  for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) number = number * 10 + digit;
  if (bytes[at] === DOT || at - start > DIGITS_MAX) return readNumber(bytes, start, into, index);
  into[index] = number;
  return at;
}

function readNewTime(bytes: Uint8Array, view: DataView, start: number, into: Float64Array, index: number): number {
  const at = readNumber(bytes, start, into, index);
  if (at - start >= PREFIX_DIGITS) remember(bytes, view, start);
  return at;
}

function remember(bytes: Uint8Array, view: DataView, start: number): void {
  let number = 0;
  for (let at = start; at < start + PREFIX_DIGITS; at++) {
    const digit = digitAt(bytes, at);
    if (digit > 9) return;
    number = number * 10 + digit;
  }
  prefix.one = view.getInt32(start, true);
  prefix.two = view.getInt32(start + 4, true);
  prefix.number = number;
}

/** 0 to 9, or something greater. */
function digitAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - ZERO) >>> 0;
}

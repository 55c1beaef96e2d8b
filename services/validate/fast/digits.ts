import { DOT, MINUS, ZERO } from '../ascii.ts';

/** Digits that a double holds exactly; so are the powers of ten that undo as many decimals. */
const DIGITS_MAX = 15;
/** Digits of any number that is worth reading here; a double that was printed whole has 17. */
const LONG_MAX = 24;
const POWERS = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, power) => 10 ** power);

/** In each byte of a word, what a digit has in its upper half, and that half. */
const DIGITS = 0x30303030;
const UPPER = 0xf0f0f0f0;
/** Added to the lower half of a byte, this carries over where that is no digit (`:` to `?`). */
const CARRY = 0x06060606;
const CARRIED = 0x10101010;

/**
 * As `readLong`, for what most numbers are: up to three digits, a dot, up to three more. A word of four bytes at a time
 * and without a loop, since a processor that guesses the number of digits wrong loses more than all of this takes.
 */
export function readNumber(bytes: Buffer, view: DataView, start: number, into: Float64Array, index: number): number {
  const isNegative = bytes[start] === MINUS;
  const from = isNegative ? start + 1 : start;
  const word = view.getInt32(from, true);
  const digits = digitsIn(word);
  const whole = digits === 0 ? -1 : numberIn(word, digits);
  if (whole < 0 || (digits > 1 && bytes[from] === ZERO)) return readLong(bytes, start, into, index);
  let at = from + digits;
  let number = whole;
  if (bytes[at] === DOT) {
    const rest = view.getInt32(at + 1, true);
    const decimals = digitsIn(rest);
    const part = decimals === 0 ? -1 : numberIn(rest, decimals);
    if (part < 0) return readLong(bytes, start, into, index);
    const power = POWERS[decimals] as number;
    number = (whole * power + part) / power;
    at += 1 + decimals;
  }
  into[index] = isNegative ? -number : number;
  return at;
}

/** How many bytes of a word, from its lowest on, look like digits: 1 to 3; 0 where it is none or more. */
function digitsIn(word: number): number {
  const others = (word ^ DIGITS) & UPPER;
  return others === 0 ? 0 : (31 - Math.clz32(others & -others)) >> 3;
}

/** The value of a word's first 1 to 3 bytes; −1 where one is no digit. */
function numberIn(word: number, digits: number): number {
  const aligned = (word << (32 - 8 * digits)) & 0x0f0f0f0f;
  if (((aligned + CARRY) & CARRIED) !== 0) return -1;
  return ((aligned >> 8) & 0xf) * 100 + ((aligned >> 16) & 0xf) * 10 + (aligned >> 24);
}

/**
 * Reads a number without an exponent into `into[index]`, rounded as JSON.parse rounds it, and returns the place after it;
 * −1 where there is none, or one of very many digits.
 */
export function readLong(bytes: Buffer, start: number, into: Float64Array, index: number): number {
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
    if (decimals === 0) return -1;
    number /= POWERS[decimals] as number;
  }
  if (digits > LONG_MAX) return -1;
  // a sum of so many digits would not be rounded as their text is
  if (digits > DIGITS_MAX) number = Number(bytes.toString('latin1', from, at));
  into[index] = isNegative ? -number : number;
  return at;
}

/** Digits of a time in ms that hold for hours: the first eight are those of the time before. */
const PREFIX_DIGITS = 8;
const prefix = { one: 0, two: 0, number: 0 };

/** As `readLong`, for times: most begin as the one before. */
export function readTime(bytes: Buffer, view: DataView, start: number, into: Float64Array, index: number): number {
  const isKnown = view.getInt32(start, true) === prefix.one && view.getInt32(start + 4, true) === prefix.two;
  if (!isKnown) return readNewTime(bytes, view, start, into, index);
  let at = start + PREFIX_DIGITS;
  let number = prefix.number;
  for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) number = number * 10 + digit;
  if (bytes[at] === DOT || at - start > DIGITS_MAX) return readLong(bytes, start, into, index);
  into[index] = number;
  return at;
}

function readNewTime(bytes: Buffer, view: DataView, start: number, into: Float64Array, index: number): number {
  const at = readLong(bytes, start, into, index);
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

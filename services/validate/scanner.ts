import { TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import { Sighting } from '../model/observation.ts';
import { CLOSE_OBJECT, COMMA, DOT, MINUS, OPEN_OBJECT, QUOTE, SPACE, ZERO } from './ascii.ts';
import type { Context } from './context.ts';
import { FIELDS } from './fields.ts';
import { instantOfNumber } from './instant.ts';
import { idEnd, internId } from './intern.ts';
import { sighting } from './observation.ts';
import { type Bounds, toScale } from './values.ts';

/** A sighting's fields in the model's order; below, a field is its place in here. */
const NAMES = Object.keys(Sighting.properties);
const fieldOf = (name: keyof typeof Sighting.properties): number => NAMES.indexOf(name);
const [KIND, TIME, RECEIVED, GATEWAY, BADGE, RSSI, TEMPERATURE, CLAPS, BATTERY, SIMULATED] = (
  ['kind', 'time', 'received', 'gateway', 'badge', 'rssi', 'temperature', 'claps', 'battery', 'simulated'] as const
).map(fieldOf) as [number, number, number, number, number, number, number, number, number, number];

/** Each field's name as it stands in a line, from behind its first quote. */
const SPELLED = NAMES.map((name) => Buffer.from(`${name}":`));
const bitOf = (field: number): number => 1 << field;
const REQUIRED = [TIME, GATEWAY, BADGE, RSSI].map(bitOf).reduce((all, bit) => all | bit);
const NULLABLE = [TEMPERATURE, CLAPS, BATTERY].map(bitOf).reduce((all, bit) => all | bit);
const BOUNDS = NAMES.map((name) => FIELDS.sighting.get(name)?.bounds ?? { minimum: 0, maximum: 0, scale: 1 });

const LETTER_N = 0x6e;
const SIGHTING = Buffer.from('"sighting"');
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/** Digits that a double holds exactly, and the powers of ten that undo their decimals: exact too. */
const DIGITS_MAX = 15;
const POWERS = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, power) => 10 ** power);

/** A value that may be missing: NaN until it was read. */
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/**
 * Reads the ordinary sighting straight from its bytes: a flat object of known fields in any order, each once, ids without
 * escapes, plain numbers, no blanks but spaces. Whatever else it meets, it declines, and the line takes the slow way
 * (JSON.parse and `check`): what it does give is exactly what that way gives. The bytes must end in a NUL, which stops it.
 */
export class Scanner {
  /** the place after the object that was read last */
  end = 0;
  readonly #context: Context;
  readonly #keepFrom: number;
  #at = 0;
  readonly #numbers = new Float64Array(NAMES.length);
  #gateway = '';
  #badge = '';
  #simulated = false;
  /** the fields of the line before: the next one most often has the same */
  readonly #order = new Uint8Array(NAMES.length);

  constructor(context: Context) {
    this.#context = context;
    this.#keepFrom = Math.max(context.keepFrom, TIME_MIN_MS);
  }

  /** The sighting that begins at `from`, or undefined. */
  scan(bytes: Buffer, from: number): Sighting | undefined {
    if (bytes[from] !== OPEN_OBJECT) return undefined;
    this.#at = from + 1;
    this.#numbers.fill(NaN);
    this.#simulated = false;
    let seen = 0;
    for (let place = 0; place < NAMES.length; place++) {
      const field = this.#readName(bytes, place);
      if (field < 0 || (seen & bitOf(field)) !== 0 || !this.#readValue(bytes, field)) return undefined;
      seen |= bitOf(field);
      const byte = this.#nextByte(bytes);
      this.#at++;
      if (byte === CLOSE_OBJECT) return (seen & REQUIRED) === REQUIRED ? this.#make() : undefined;
      if (byte !== COMMA) return undefined;
    }
    return undefined;
  }

  #nextByte(bytes: Buffer): number {
    while (bytes[this.#at] === SPACE) this.#at++;
    return bytes[this.#at] as number;
  }

  /** The field whose name stands here, passed over with its colon; −1 for any other. */
  #readName(bytes: Buffer, place: number): number {
    if (this.#nextByte(bytes) !== QUOTE) return -1;
    this.#at++;
    const guess = this.#order[place] as number;
    if (this.#passText(bytes, SPELLED[guess] as Buffer)) return guess;
    const field = SPELLED.findIndex((spelled) => this.#passText(bytes, spelled));
    if (field >= 0) this.#order[place] = field;
    return field;
  }

  #passText(bytes: Buffer, text: Buffer): boolean {
    for (let index = 0; index < text.length; index++) if (bytes[this.#at + index] !== text[index]) return false;
    this.#at += text.length;
    return true;
  }

  #readValue(bytes: Buffer, field: number): boolean {
    const byte = this.#nextByte(bytes);
    if (field === GATEWAY || field === BADGE) return byte === QUOTE && this.#readId(bytes, field);
    if (field === KIND) return this.#passText(bytes, SIGHTING);
    if (field === SIMULATED) {
      this.#simulated = this.#passText(bytes, TRUE);
      return this.#simulated || this.#passText(bytes, FALSE);
    }
    if (byte === LETTER_N) return (bitOf(field) & NULLABLE) !== 0 && this.#passText(bytes, NULL);
    return this.#readNumber(bytes, field);
  }

  #readId(bytes: Buffer, field: number): boolean {
    const from = this.#at + 1;
    const until = idEnd(bytes, from);
    if (until < 0) return false;
    if (field === GATEWAY) this.#gateway = internId(bytes, from, until);
    else this.#badge = internId(bytes, from, until);
    this.#at = until + 1;
    return true;
  }

  /** A number without an exponent, of so few digits that it comes out as JSON.parse has it. */
  #readNumber(bytes: Buffer, field: number): boolean {
    const isNegative = bytes[this.#at] === MINUS;
    const from = isNegative ? this.#at + 1 : this.#at;
    let at = from;
    let whole = 0;
    for (let digit = digitOf(bytes, at); digit <= 9; digit = digitOf(bytes, ++at)) whole = whole * 10 + digit;
    const digits = at - from;
    if (digits === 0 || digits > DIGITS_MAX || (digits > 1 && bytes[from] === ZERO)) return false;
    this.#at = at;
    const size = bytes[at] === DOT ? this.#readDecimals(bytes, whole, digits) : whole;
    this.#numbers[field] = isNegative ? -size : size;
    return size >= 0;
  }

  /** The number whose digits before the dot are `whole`; NaN if it is none, or has too many digits. */
  #readDecimals(bytes: Buffer, whole: number, digits: number): number {
    const from = this.#at + 1;
    let at = from;
    let all = whole;
    for (let digit = digitOf(bytes, at); digit <= 9; digit = digitOf(bytes, ++at)) all = all * 10 + digit;
    this.#at = at;
    const decimals = at - from;
    return decimals === 0 || digits + decimals > DIGITS_MAX ? NaN : all / (POWERS[decimals] as number);
  }

  #make(): Sighting | undefined {
    const numbers = this.#numbers;
    const time = instantOfNumber(numbers[TIME] as number);
    if (!(time >= this.#keepFrom && time < TIME_MAX_MS)) return undefined;
    const received = this.#received(time);
    if (received === undefined || !this.#settle(RSSI)) return undefined;
    if (!this.#settle(TEMPERATURE) || !this.#settle(CLAPS) || !this.#settle(BATTERY)) return undefined;
    this.end = this.#at;
    return sighting({
      time,
      received,
      gateway: this.#gateway,
      badge: this.#context.pseudonym(this.#badge, time),
      rssi: numbers[RSSI] as number,
      temperature: orNull(numbers[TEMPERATURE] as number),
      claps: orNull(numbers[CLAPS] as number),
      battery: orNull(numbers[BATTERY] as number),
      simulated: this.#simulated,
    });
  }

  #received(time: number): number | undefined {
    const { received } = this.#context;
    if (received !== 'recorded') return received;
    const sent = this.#numbers[RECEIVED] as number;
    if (Number.isNaN(sent)) return time;
    const ms = instantOfNumber(sent);
    return ms >= TIME_MIN_MS && ms < TIME_MAX_MS ? ms : undefined;
  }

  /** Brings a number to its stored form; false: it is out of bounds. */
  #settle(field: number): boolean {
    const sent = this.#numbers[field] as number;
    if (Number.isNaN(sent)) return true;
    const { minimum, maximum, scale } = BOUNDS[field] as Bounds;
    const stored = toScale(sent, scale);
    this.#numbers[field] = stored;
    return stored >= minimum && stored <= maximum;
  }
}

/** 0 to 9, or something greater. */
function digitOf(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) - ZERO) >>> 0;
}

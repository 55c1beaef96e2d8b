import { CLOSE_OBJECT, isBlank, OPEN_ARRAY, OPEN_OBJECT } from '../ascii.ts';
import { LINE_MAX, NESTING_MAX } from '../bounds.ts';
import type { Context } from '../context.ts';
import { lineScanner } from '../fast/scanner.ts';
import { readItem } from '../item.ts';
import type { Output } from '../output.ts';
import { brokenFault, parseJson, refuseBytes, refuseLong } from '../record.ts';
import { follow, hasFewBrackets, newShape, type Shape } from '../shape.ts';
import { NOT_YET, TOO_LATE, type Window } from '../window.ts';

/** An object whose lines are being joined: the first `length` bytes of the window. */
type Joined = { shape: Shape; length: number; lines: number; firstLength: number };

/**
 * Reads objects, one a line or over several lines.
 *
 * A line that leaves its object open is joined with those after it as long as these can go on with it. Where they
 * cannot, it was a broken line: it is refused alone, and those after it are read for themselves.
 */
export class Lines {
  readonly #window: Window;
  readonly #context: Context;
  readonly #output: Output;
  #joined: Joined | undefined;
  /** what is passed over: the rest of a line, or of an object that is too long */
  #skipped: 'line' | Shape | undefined;

  constructor(window: Window, context: Context, output: Output) {
    this.#window = window;
    this.#context = context;
    this.#output = output;
  }

  /** Reads what it can; true: it stands before an array. */
  read(isLast: boolean): boolean {
    for (;;) {
      if (this.#skipped || this.#joined) {
        if (!(this.#skipped ? this.#skip(this.#skipped) : this.#join(this.#joined as Joined, isLast))) return false;
        continue;
      }
      const byte = this.#nextByte();
      if (byte === undefined || byte === OPEN_ARRAY) return byte !== undefined;
      if (!this.#readFast() && !this.#readLine()) return false;
    }
  }

  /** The first byte of the next line that is not blank. */
  #nextByte(): number | undefined {
    const window = this.#window;
    for (; window.from < window.until; window.from++) {
      const byte = window.bytes[window.from] as number;
      if (byte === window.lineBreak) this.#output.lines++;
      else if (!isBlank(byte)) return byte;
    }
    return undefined;
  }

  /** Reads ordinary lines as long as they come; false: there was none. */
  #readFast(): boolean {
    const { bytes, until, lineBreak } = this.#window;
    let { from } = this.#window;
    let lines = 0;
    for (; bytes[from] === OPEN_OBJECT; lines++) {
      const found = lineScanner.scan(bytes, from, until, this.#context);
      if (!found) break;
      let end = lineScanner.end;
      while (bytes[end] !== lineBreak && isBlank(bytes[end])) end++;
      if (bytes[end] !== lineBreak || end >= until || end - from > LINE_MAX) break;
      this.#output.observations.push(found);
      from = end + 1;
    }
    if (lines > 0) this.#pass(from, lines);
    return lines > 0;
  }

  #readLine(): boolean {
    const window = this.#window;
    const end = window.findBreak(0);
    if (end === NOT_YET) return false;
    this.#output.line = this.#output.lines + 1;
    if (end === TOO_LATE) return this.#refuseLong('a line', 'line');
    if (this.#readFlat(end)) return true;
    const shape = newShape();
    const isObject = window.bytes[window.from] === OPEN_OBJECT;
    if (isObject) follow(shape, window.bytes, window.from, end + 1);
    if (isObject && !shape.closed && !shape.broken) {
      const length = end + 1 - window.from;
      this.#joined = { shape, length, lines: 1, firstLength: length };
      return true;
    }
    this.#readRecord(end, shape.deepest);
    this.#pass(end + 1, 1);
    return true;
  }

  /** Reads a line of few brackets, which needs no look at its shape unless it does not parse. */
  #readFlat(end: number): boolean {
    const bytes = this.#bytes(end);
    if (bytes.at(-1) !== CLOSE_OBJECT || !hasFewBrackets(bytes)) return false;
    const parsed = parseJson(bytes, 0, this.#output);
    if ('reason' in parsed) return false;
    readItem(parsed.item, this.#context, this.#output);
    this.#pass(end + 1, 1);
    return true;
  }

  #readRecord(end: number, deepest: number): void {
    const bytes = this.#bytes(end);
    const parsed = parseJson(bytes, deepest, this.#output);
    if ('item' in parsed) readItem(parsed.item, this.#context, this.#output);
    else refuseBytes(bytes, parsed.reason, this.#output);
  }

  /** The line's bytes without its break and blanks before that. */
  #bytes(end: number): Buffer {
    const { bytes, from } = this.#window;
    let until = end;
    while (until > from && isBlank(bytes[until - 1])) until--;
    return bytes.subarray(from, until);
  }

  #join(joined: Joined, isLast: boolean): boolean {
    const window = this.#window;
    const end = window.findBreak(joined.length);
    if (end === NOT_YET) return isLast ? this.#giveUp(joined) : false;
    if (end === TOO_LATE) return this.#refuseLong('an object', joined.shape);
    follow(joined.shape, window.bytes, window.from + joined.length, end + 1);
    if (joined.shape.broken) return this.#giveUp(joined);
    joined.length = end + 1 - window.from;
    joined.lines++;
    if (!joined.shape.closed) return true;
    this.#readRecord(end, joined.shape.deepest);
    this.#pass(end + 1, joined.lines);
    return true;
  }

  /** These lines make no object: the first was broken. Were they too deep, none is read again, lest it be done often. */
  #giveUp({ shape, length, lines, firstLength }: Joined): true {
    const isDeep = shape.deepest > NESTING_MAX;
    const end = this.#window.from + (isDeep ? length : firstLength);
    const bytes = this.#bytes(end - 1);
    refuseBytes(bytes, brokenFault(bytes, shape.deepest), this.#output);
    this.#pass(end, isDeep ? lines : 1);
    return true;
  }

  #refuseLong(what: string, skipped: 'line' | Shape): true {
    const { bytes, from, until } = this.#window;
    refuseLong(bytes.subarray(from, until), what, this.#output);
    if (this.#joined) this.#pass(from + this.#joined.length, this.#joined.lines);
    this.#skipped = skipped;
    return true;
  }

  #pass(to: number, lines: number): void {
    this.#window.passTo(to);
    this.#output.lines += lines;
    this.#joined = undefined;
  }

  /** Passes over what was too long; false: it goes on in bytes that have not come. */
  #skip(skipped: 'line' | Shape): boolean {
    const window = this.#window;
    const found = window.bytes.indexOf(window.lineBreak, window.from);
    const hasBreak = found >= 0 && found < window.until;
    const end = hasBreak ? found : window.until;
    if (skipped !== 'line') {
      follow(skipped, window.bytes, window.from, end);
      if (skipped.closed || skipped.broken) this.#skipped = 'line';
      else if (hasBreak) follow(skipped, window.bytes, end, end + 1);
    }
    if (!hasBreak) {
      window.passTo(end);
      return false;
    }
    if (this.#skipped === 'line' || (skipped !== 'line' && skipped.broken)) this.#skipped = undefined;
    this.#pass(end + 1, 1);
    return true;
  }
}

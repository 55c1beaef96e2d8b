import { CLOSE_ARRAY, COMMA, isBlank, OPEN_OBJECT } from '../ascii.ts';
import { LINE_MAX, NESTING_MAX } from '../bounds.ts';
import type { Context } from '../context.ts';
import { lineScanner } from '../fast/scanner.ts';
import { readItem } from '../item.ts';
import type { Output } from '../output.ts';
import { brokenFault, type Parsed, parseJson, refuseBytes, refuseLong } from '../record.ts';
import { follow, newShape, type Shape } from '../shape.ts';
import type { Window } from '../window.ts';
import { nextElement } from './resync.ts';

/**
 * Reads the elements of an array one by one: a broken one is refused, the others count.
 *
 * An element ends at the comma or bracket that its own brackets and quotes lead to. Where they lead nowhere, since one
 * is missing, it ends before the next place where an element begins as this one did.
 */
export class Elements {
  readonly #window: Window;
  readonly #context: Context;
  readonly #output: Output;
  /** whether rejects name places in the array, or lines: a body of several arrays has many a third place */
  #namesPlaces: boolean;
  #state: 'before' | 'element' | 'separator' = 'before';
  #place = 0;
  /** the element being read: the first `#length` bytes of the window */
  #shape: Shape | undefined;
  #length = 0;
  /** an element that is passed over */
  #skipped: Shape | undefined;
  #wasRefused = false;

  constructor(window: Window, context: Context, output: Output, isFirst: boolean) {
    this.#window = window;
    this.#context = context;
    this.#output = output;
    this.#namesPlaces = isFirst;
  }

  /** Reads what it can of the array that begins at the window's beginning, or did; true: it has ended. */
  read(isLast: boolean): boolean {
    if (this.#state === 'before') this.#open();
    for (;;) {
      if (this.#skipped || this.#shape) {
        if (!(this.#skipped ? this.#skip(this.#skipped) : this.#follow(this.#shape as Shape, isLast))) return false;
        continue;
      }
      const byte = this.#nextByte();
      if (byte === undefined) return isLast && this.#endEarly();
      if (byte === CLOSE_ARRAY) return this.#close();
      if (byte === COMMA) this.#passComma();
      else if (!this.#readFast()) this.#begin();
    }
  }

  #open(): void {
    this.#window.passTo(this.#window.from + 1);
    this.#state = 'element';
    this.#place = 0;
    this.#wasRefused = false;
  }

  #close(): true {
    this.#window.passTo(this.#window.from + 1);
    this.#state = 'before';
    this.#namesPlaces = false;
    return true;
  }

  /** The bytes end within the array. Where a broken element said so already, that is enough. */
  #endEarly(): true {
    if (!this.#wasRefused) {
      this.#number();
      this.#output.refuse('', [{ pointer: '', expected: 'JSON: ] at the end of the array', found: 'the end' }]);
    }
    this.#state = 'before';
    return true;
  }

  #nextByte(): number | undefined {
    const window = this.#window;
    for (; window.from < window.until; window.from++) {
      const byte = window.bytes[window.from] as number;
      if (byte === window.lineBreak) this.#output.lines++;
      else if (!isBlank(byte)) return byte;
    }
    return undefined;
  }

  #passComma(): void {
    if (this.#state === 'element') {
      this.#number();
      this.#output.refuse('', [{ pointer: '', expected: 'an object', found: 'nothing' }]);
    }
    this.#state = 'element';
    this.#window.passTo(this.#window.from + 1);
  }

  #number(): void {
    this.#place++;
    this.#output.elements++;
    this.#output.line = this.#namesPlaces ? this.#place : this.#output.lines + 1;
  }

  /** Reads ordinary elements as long as they come, up to a comma or the array's end; false: there was none. */
  #readFast(): boolean {
    const { bytes, until } = this.#window;
    let { from } = this.#window;
    let count = 0;
    while (bytes[from] === OPEN_OBJECT) {
      const found = lineScanner.scan(bytes, from, until, this.#context);
      if (!found) break;
      const end = lineScanner.end;
      const isEnded = end < until && (bytes[end] === COMMA || bytes[end] === CLOSE_ARRAY);
      if (!isEnded || end - from > LINE_MAX) break;
      this.#output.observations.push(found);
      count++;
      from = end;
      if (bytes[end] === CLOSE_ARRAY || bytes[end + 1] !== OPEN_OBJECT) break;
      from = end + 1;
    }
    if (count === 0) return false;
    this.#place += count;
    this.#output.elements += count;
    this.#window.passTo(from);
    this.#state = bytes[from] === OPEN_OBJECT ? 'element' : 'separator';
    return true;
  }

  #begin(): void {
    this.#shape = newShape();
    this.#length = 0;
  }

  /** Looks for the element's end. What is decided depends on its first LINE_MAX bytes, never on how they were cut. */
  #follow(shape: Shape, isLast: boolean): boolean {
    const { bytes, from, until } = this.#window;
    const limit = Math.min(until, from + LINE_MAX + 1);
    let at = from + this.#length;
    while (at < limit) {
      at = follow(shape, bytes, at, limit);
      if (!shape.closed && at < limit) return this.#readElement(at, shape);
    }
    this.#length = at - from;
    if (this.#length > LINE_MAX) return this.#refuseLong(shape, limit);
    return isLast && this.#readUnfinished(shape);
  }

  #readElement(end: number, shape: Shape): true {
    const parsed = this.#parse(end, shape);
    const cut = 'item' in parsed ? undefined : this.#nextElement(end, shape, false);
    return cut === undefined ? this.#settle(parsed, end, 'separator') : this.#cutAt(cut, shape);
  }

  /** The bytes end within an element: a bracket or quote is missing, or they were cut off. */
  #readUnfinished(shape: Shape): true {
    const { until } = this.#window;
    if (shape.depth === 0 && !shape.inString) return this.#readElement(until, shape);
    const cut = this.#nextElement(until, shape, shape.broken);
    if (cut !== undefined) return this.#cutAt(cut, shape);
    return this.#settle({ reason: brokenFault(this.#bytes(until), shape.deepest) }, until, 'separator');
  }

  #refuseLong(shape: Shape, limit: number): true {
    const cut = shape.broken ? this.#nextElement(limit, shape, true) : undefined;
    if (cut !== undefined) return this.#cutAt(cut, shape);
    this.#number();
    refuseLong(this.#window.bytes.subarray(this.#window.from, limit), 'an element', this.#output);
    this.#skipped = shape;
    this.#pass(limit, 'separator');
    return true;
  }

  #cutAt(cut: number, shape: Shape): true {
    return this.#settle(this.#parse(cut, shape), cut, 'element');
  }

  /** Where the next element begins within this one's bytes; too deep a one is not read again, lest it be done often. */
  #nextElement(end: number, shape: Shape, isAny: boolean): number | undefined {
    if (shape.deepest > NESTING_MAX) return undefined;
    return nextElement(this.#window.bytes.subarray(0, end), this.#window.from, isAny);
  }

  #bytes(end: number): Buffer {
    const { bytes, from } = this.#window;
    let until = end;
    while (until > from && (isBlank(bytes[until - 1]) || bytes[until - 1] === COMMA)) until--;
    return bytes.subarray(from, until);
  }

  #parse(end: number, shape: Shape): Parsed {
    return parseJson(this.#bytes(end), shape.deepest, this.#output);
  }

  #settle(parsed: Parsed, end: number, state: 'element' | 'separator'): true {
    this.#number();
    if ('item' in parsed) readItem(parsed.item, this.#context, this.#output);
    else refuseBytes(this.#bytes(end), parsed.reason, this.#output);
    this.#wasRefused = 'reason' in parsed;
    this.#pass(end, state);
    return true;
  }

  #pass(to: number, state: 'element' | 'separator'): void {
    const { bytes, from, lineBreak } = this.#window;
    for (let at = from; at < to; at++) if (bytes[at] === lineBreak) this.#output.lines++;
    this.#window.passTo(to);
    this.#shape = undefined;
    this.#state = state;
  }

  /** Passes over what was too long; false: it goes on in bytes that have not come. */
  #skip(skipped: Shape): boolean {
    const { bytes, from, until } = this.#window;
    let at = from;
    while (at < until) {
      at = follow(skipped, bytes, at, until);
      if (skipped.closed || at >= until) continue;
      this.#skipped = undefined;
      break;
    }
    this.#pass(at, 'separator');
    return this.#skipped === undefined;
  }
}

import { isUtf8 } from 'node:buffer';
import { CR, isBlank, LF, QUOTE } from '../ascii.ts';
import { LINE_MAX } from '../bounds.ts';
import { type Context, Unreadable } from '../context.ts';
import type { Framer } from '../detect.ts';
import { learnRows } from '../fast/learn-row.ts';
import { Scanner } from '../fast/scanner.ts';
import type { Output } from '../output.ts';
import { NOT_UTF8, refuseBytes, refuseLong } from '../record.ts';
import { NOT_YET, TOO_LATE, type Window } from '../window.ts';
import { type Header, readHeader } from './header.ts';
import { cellsOf, readRow } from './row.ts';

/** Reads CSV with a header; a row that cannot be read is refused, those after it count. Throws Unreadable. */
export function createCsv(window: Window, context: Context, output: Output): Framer {
  const rows = new Rows(window, context, output);
  return (isLast) => {
    while (rows.read(isLast));
  };
}

/** Lines whose quotes are still open: the first `length` bytes of the window. */
type Joined = { length: number; lines: number; firstLength: number };

class Rows {
  readonly #window: Window;
  readonly #context: Context;
  readonly #output: Output;
  #header: Header | undefined;
  #scanner: Scanner | undefined;
  #joined: Joined | undefined;
  #skips = false;

  constructor(window: Window, context: Context, output: Output) {
    this.#window = window;
    this.#context = context;
    this.#output = output;
  }

  /** Reads one line; false: it has not come. */
  read(isLast: boolean): boolean {
    if (this.#skips) return this.#skip();
    if (!this.#joined && this.#scanner && this.#readFast(this.#scanner)) return true;
    const end = this.#window.findBreak(this.#joined?.length ?? 0);
    if (end === NOT_YET) return isLast && this.#joined !== undefined && this.#giveUp(this.#joined);
    if (this.#joined) return end === TOO_LATE ? this.#giveUp(this.#joined) : this.#join(this.#joined, end);
    this.#output.line = this.#output.lines + 1;
    if (end === TOO_LATE) return this.#refuseLong();
    return this.#readLine(end);
  }

  /** Reads ordinary rows as long as they come; false: there was none. */
  #readFast(scanner: Scanner): boolean {
    const { bytes, until } = this.#window;
    let { from } = this.#window;
    let lines = 0;
    for (; from < until; lines++) {
      const found = scanner.scan(bytes, from, until, this.#context);
      if (!found || scanner.end > until || scanner.end - from > LINE_MAX) break;
      this.#output.observations.push(found);
      for (const name of scanner.others) this.#output.drop(name);
      from = scanner.end;
    }
    return lines > 0 && this.#pass(from, lines);
  }

  #readLine(end: number): boolean {
    const line = this.#bytes(end);
    if (line.every(isBlank)) return this.#pass(end + 1, 1);
    if (!this.#header) this.#readHeader(line);
    else if (hasOpenQuote(line)) return this.#open(end + 1 - this.#window.from);
    else this.#readRecord(line, this.#header);
    return this.#pass(end + 1, 1);
  }

  #readHeader(line: Buffer): void {
    this.#header = readHeader(line);
    this.#scanner = new Scanner(learnRows(this.#header, this.#window.lineBreak));
  }

  #readRecord(bytes: Buffer, header: Header): void {
    const cells = isUtf8(bytes) ? cellsOf(bytes.toString(), header) : NOT_UTF8;
    if (Array.isArray(cells)) readRow(cells, header, this.#context, this.#output);
    else refuseBytes(bytes, cells, this.#output);
  }

  #open(length: number): true {
    this.#joined = { length, lines: 1, firstLength: length };
    return true;
  }

  #join(joined: Joined, end: number): true {
    const { from, bytes } = this.#window;
    joined.lines++;
    const isClosed = hasOpenQuote(bytes.subarray(from + joined.length, end));
    joined.length = end + 1 - from;
    if (!isClosed) return true;
    const record = this.#bytes(end);
    const cells = isUtf8(record) ? cellsOf(record.toString(), this.#header as Header) : NOT_UTF8;
    // a quote that was left open meets the next one, many rows on: what lies between is no record
    if (!Array.isArray(cells) || cells.length !== this.#header?.columns.length) return this.#giveUp(joined);
    readRow(cells, this.#header, this.#context, this.#output);
    return this.#pass(end + 1, joined.lines);
  }

  /** The quote that the first line opened is not closed: that line is refused, those after it are read for themselves. */
  #giveUp({ firstLength }: Joined): true {
    const end = this.#window.from + firstLength;
    this.#readRecord(this.#bytes(end - 1), this.#header as Header);
    return this.#pass(end, 1);
  }

  #refuseLong(): true {
    if (!this.#header) throw new Unreadable(`JSON, or a CSV header of at most ${LINE_MAX} bytes`, 'a longer line');
    const { bytes, from, until } = this.#window;
    refuseLong(bytes.subarray(from, until), 'a row', this.#output);
    this.#skips = true;
    return true;
  }

  #skip(): boolean {
    const window = this.#window;
    const end = window.bytes.indexOf(window.lineBreak, window.from);
    this.#skips = end < 0 || end >= window.until;
    if (!this.#skips) return this.#pass(end + 1, 1);
    window.passTo(window.until);
    return false;
  }

  #pass(to: number, lines: number): true {
    this.#window.passTo(to);
    this.#output.lines += lines;
    this.#joined = undefined;
    return true;
  }

  /** The line's bytes without its break, be that CRLF. */
  #bytes(end: number): Buffer {
    const { bytes, from, lineBreak } = this.#window;
    return bytes.subarray(from, lineBreak === LF && end > from && bytes[end - 1] === CR ? end - 1 : end);
  }
}

function hasOpenQuote(bytes: Buffer): boolean {
  let isOpen = false;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) isOpen = !isOpen;
  return isOpen;
}

import { LF } from './ascii.ts';
import { LINE_MAX } from './bounds.ts';

/** What `findBreak` says of a line that has not ended: its end has not come, or it is too long already. */
export const NOT_YET = -1;
export const TOO_LATE = -2;

/** Bytes behind the last one that the scanner may look at: the longest id, and a word. */
const SPARE_BYTES = 80;
/** Bytes at first: most bodies are small. */
const FIRST_BYTES = 4096;

/** Bytes that came and are not read yet: `bytes` from `from` to `until`. Grows with what is left over, no further. */
export class Window {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  from = 0;
  until = 0;
  /** what ends a line: LF, or CR where the first line ended in CR alone */
  lineBreak: number = LF;
  /** bytes at the beginning in which there is no line break */
  #searched = 0;

  /** Copies a chunk behind what is there: its owner may use that memory again. A NUL behind it stops the scanner. */
  append(chunk: Uint8Array): void {
    const left = this.until - this.from;
    const needed = left + chunk.length + SPARE_BYTES;
    if (this.until + chunk.length + SPARE_BYTES > this.bytes.length) {
      const roomy = needed > this.bytes.length ? Buffer.allocUnsafe(2 * needed) : this.bytes;
      this.bytes.copy(roomy, 0, this.from, this.until);
      this.bytes = roomy;
      this.from = 0;
      this.until = left;
    }
    this.bytes.set(chunk, this.until);
    this.until += chunk.length;
    this.bytes[this.until] = 0;
  }

  clear(): void {
    this.from = 0;
    this.until = 0;
    this.lineBreak = LF;
    this.#searched = 0;
  }

  /** Ends the last line, which needs no break of its own. */
  endLine(): void {
    if (this.from < this.until && this.bytes[this.until - 1] !== this.lineBreak)
      this.append(Uint8Array.of(this.lineBreak));
  }

  /** The place of the first line break behind the first `after` bytes; TOO_LATE: it is not within LINE_MAX. */
  findBreak(after: number): number {
    const end = this.bytes.indexOf(this.lineBreak, this.from + Math.max(this.#searched, after));
    const isFound = end >= 0 && end < this.until;
    this.#searched = isFound ? 0 : this.until - this.from;
    if ((isFound ? end : this.until) - this.from > LINE_MAX) return TOO_LATE;
    return isFound ? end : NOT_YET;
  }

  passTo(to: number): void {
    this.from = to;
    this.#searched = 0;
  }
}

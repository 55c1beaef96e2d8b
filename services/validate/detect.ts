import { CR, isBlank, LF, OPEN_ARRAY, OPEN_OBJECT } from './ascii.ts';
import { LINE_MAX } from './bounds.ts';
import { type Context, Unreadable } from './context.ts';
import { createCsv } from './formats/csv.ts';
import { createJson } from './formats/json.ts';
import type { Output } from './output.ts';
import type { Window } from './window.ts';

/** Reads as much of the window as can be read; `isLast`: nothing comes after it. */
export type Framer = (isLast: boolean) => void;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** Bytes that tell a byte order mark and UTF-16. */
const MARKS_BYTES = 4;

/** Tells JSON from CSV by the first bytes; undefined where more of them are needed. Throws Unreadable. */
export function detect(window: Window, isLast: boolean, context: Context, output: Output): Framer | undefined {
  if (window.until < MARKS_BYTES && !isLast) return undefined;
  const lineBreak = firstBreak(window, isLast);
  if (lineBreak === undefined) return undefined;
  window.lineBreak = lineBreak;
  refuseUtf16(window);
  if (window.until >= BOM.length && BOM.every((byte, at) => window.bytes[at] === byte)) window.from = BOM.length;
  const first = firstByte(window, output);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return createJson(window, context, output);
  if (first !== undefined) return createCsv(window, context, output);
  if (isLast) throw new Unreadable('observations', 'an empty body');
  return undefined;
}

/** LF, or CR where the first line ends in CR alone (old Macs, hostile minds). */
function firstBreak({ bytes, until }: Window, isLast: boolean): number | undefined {
  const isEnough = until > LINE_MAX || isLast;
  const lf = placeOf(bytes, LF, until);
  const cr = placeOf(bytes, CR, until);
  if (cr > lf || cr === until) return lf < until || isEnough ? LF : undefined;
  return cr + 1 < until || isEnough ? (lf === cr + 1 ? LF : CR) : undefined;
}

function placeOf(bytes: Buffer, byte: number, until: number): number {
  const at = bytes.indexOf(byte);
  return at < 0 || at > until ? until : at;
}

function refuseUtf16({ bytes, until }: Window): void {
  const first = until > 0 ? bytes[0] : undefined;
  const second = until > 1 ? bytes[1] : undefined;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || first === 0 || second === 0) throw new Unreadable('UTF-8', 'UTF-16, or no text at all');
}

/** The first byte that is not white space, which is passed over and its lines counted. */
function firstByte(window: Window, output: Output): number | undefined {
  for (; window.from < window.until; window.from++) {
    const byte = window.bytes[window.from];
    if (!isBlank(byte)) return byte;
    if (byte === window.lineBreak) output.lines++;
  }
  return undefined;
}

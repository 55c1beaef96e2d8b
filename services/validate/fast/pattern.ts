import { QUOTE, SPACE } from '../ascii.ts';
import { readNumber, readTime } from './digits.ts';
import { BADGE, type Draft, GATEWAY, OTHER, TIME } from './draft.ts';

/** A value that differs from line to line: its field, where it stands in the line it was learnt from. */
export type Slot = { field: number; from: number; until: number };

/** Bytes that are compared at once. */
const WORD = 8;

/**
 * What a sender's lines have in common: what stands between their values, byte for byte. One line was read with care;
 * a line that is the same between its values is the same JSON, or CSV, and its values are all there is to read.
 */
export class Pattern {
  /** the same for the same pattern */
  readonly key: string;
  /** names of what is passed over */
  readonly others: readonly string[];
  readonly #simulated: boolean;
  readonly #fields: Int8Array;
  /** the byte behind each value */
  readonly #ends: Uint8Array;
  /** the texts before each value, and behind the last */
  readonly #texts: readonly Uint8Array[];
  readonly #lengths: Uint16Array;
  /** those of WORD bytes and more, in words one after another, each text's last one at its very end */
  readonly #words: Float64Array;

  /** Learns from a line and its slots, in the order of their places. */
  constructor(line: Buffer, slots: readonly Slot[], simulated: boolean, others: readonly string[] = []) {
    const between = slots.map(({ from }, index) => line.subarray(slots[index - 1]?.until ?? 0, from));
    const texts = [...between, line.subarray(slots.at(-1)?.until ?? 0)].map((text) => Buffer.from(text));
    this.key = texts.join('\0');
    this.others = others;
    this.#simulated = simulated;
    this.#fields = Int8Array.from(slots, (slot) => slot.field);
    this.#ends = Uint8Array.from(slots, (slot) => line[slot.until] ?? 0);
    this.#texts = texts;
    this.#lengths = Uint16Array.from(texts, (text) => text.length);
    this.#words = Float64Array.from(texts.flatMap(wordsOf));
  }

  /** Reads the values of the line that begins at `from` into the draft; the place after it, or −1: another pattern. */
  read(from: number, draft: Draft): number {
    draft.begin(this.#simulated);
    const { bytes, view, numbers } = draft;
    const fields = this.#fields;
    const ends = this.#ends;
    const words = this.#words;
    const lengths = this.#lengths;
    let at = from;
    let word = 0;
    for (let index = 0; ; index++) {
      const after = at + (lengths[index] as number);
      if (after - at < WORD) {
        if (!isText(bytes, at, this.#texts[index] as Uint8Array)) return -1;
      } else {
        const last = after - WORD;
        for (; at < last; at += WORD) if (view.getFloat64(at, true) !== words[word++]) return -1;
        if (view.getFloat64(last, true) !== words[word++]) return -1;
      }
      if (index === fields.length) return after;
      const field = fields[index] as number;
      if (field === TIME) at = readTime(bytes, view, after, numbers, field);
      else if (field === BADGE) at = draft.badges.read(bytes, view, after, ends[index] as number);
      else if (field === GATEWAY) at = draft.gateways.read(bytes, view, after, ends[index] as number);
      else if (field === OTHER) at = passOther(bytes, after, ends[index] as number);
      else at = readNumber(bytes, view, after, numbers, field);
      if (at < 0) return -1;
    }
  }
}

/** A text's bytes as doubles, which are equal where the bytes are: ASCII is never NaN, nor −0. */
function wordsOf(text: Buffer): number[] {
  const words: number[] = [];
  if (text.length < WORD) return words;
  for (let at = 0; at < text.length - WORD; at += WORD) words.push(text.readDoubleLE(at));
  return [...words, text.readDoubleLE(text.length - WORD)];
}

function isText(bytes: Uint8Array, from: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false;
  return true;
}

/** Passes over a cell that is not read: ASCII that is neither quoted nor blank. */
function passOther(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (let byte = bytes[at] as number; byte !== end; byte = bytes[++at] as number)
    if (byte < SPACE || byte > 0x7e || byte === QUOTE) return -1;
  return at > from && bytes[from] !== SPACE ? at : -1;
}

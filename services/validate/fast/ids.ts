import type { Pseudonymiser } from '../context.ts';
import { normaliseId } from '../mac.ts';

/** Ids remembered at most; a power of two. A venue with more of them is read a little slower. */
const SLOTS = 1 << 15;
/** Bytes of an id at most (model: Id), in words of four, and one for its length. */
const ID_MAX = 64;
const WORDS = ID_MAX / 4 + 1;

/** 1 for each byte that an id may hold. */
const isIdByte = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-')
  isIdByte[character.charCodeAt(0)] = 1;

/** What is left of a word that holds the end of an id, by the number of bytes before it. */
const TAILS = Int32Array.of(0, 0xff, 0xffff, 0xffffff);

/**
 * Turns the bytes of ids into strings, the same string for the same bytes: a table by their hash, in which a newcomer
 * takes the place of an older one. Reads four bytes at a time, and up to 64 beyond the id.
 */
export class Ids {
  /** where the id that was read last is kept */
  #slot = 0;
  /** by slot: the stored form of the id */
  readonly #stored = new Array<string>(SLOTS).fill('');
  /** by key and slot: the pseudonym of the id */
  readonly #hidden: (string | undefined)[][] = [];
  /** by slot: the length and the bytes of an id as it came; only what is an id gets here */
  readonly #words = new Int32Array(SLOTS * WORDS);

  /** The stored form of the id that was read last. */
  get id(): string {
    return this.#stored[this.#slot] as string;
  }

  /** Its pseudonym at a time (UTC ms). */
  pseudonym(hide: Pseudonymiser, time: number): string {
    if (!hide.keyAt) return hide(this.id, time);
    const key = hide.keyAt(time);
    const pseudonyms = this.#hidden[key] ?? this.#addKey(key);
    pseudonyms[this.#slot] ??= hide(this.id, time);
    return pseudonyms[this.#slot] as string;
  }

  #addKey(key: number): (string | undefined)[] {
    while (this.#hidden.length <= key) this.#hidden.push(new Array<string | undefined>(SLOTS).fill(undefined));
    return this.#hidden[key] as (string | undefined)[];
  }

  /** Reads the id that begins at `from` and ends before the byte `end`; the place of that byte, or −1: it is no id. */
  read(bytes: Buffer, view: DataView, from: number, end: number): number {
    const ends = end * 0x01010101;
    let hash = 0;
    let at = from;
    let word = view.getInt32(at, true);
    let found = zeroBytes(word ^ ends);
    while (found === 0) {
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
      at += 4;
      if (at - from > ID_MAX) return -1;
      word = view.getInt32(at, true);
      found = zeroBytes(word ^ ends);
    }
    const tail = (31 - Math.clz32(found & -found)) >> 3;
    const length = at - from + tail;
    hash = Math.imul(hash ^ (word & (TAILS[tail] as number)) ^ length, 0x85ebca6b);
    // two slots an id: one that is taken is no reason to read an id anew each time
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const isKnown = this.#holds(slot, view, from, length) || this.#holds(slot ^ 1, view, from, length);
    return isKnown || this.#put(slot, bytes, view, from, length) ? from + length : -1;
  }

  #holds(slot: number, view: DataView, from: number, length: number): boolean {
    const words = this.#words;
    let place = slot * WORDS;
    this.#slot = slot;
    if (words[place] !== length || length === 0) return false;
    const end = from + length;
    let at = from;
    for (; at + 4 <= end; at += 4) if (words[++place] !== view.getInt32(at, true)) return false;
    const tail = TAILS[end - at] as number;
    return tail === 0 || words[place + 1] === (view.getInt32(at, true) & tail);
  }

  #put(slot: number, bytes: Buffer, view: DataView, from: number, length: number): boolean {
    if (length === 0 || length > ID_MAX) return false;
    for (let at = from; at < from + length; at++) if (isIdByte[bytes[at] as number] !== 1) return false;
    const isTaken = this.#words[slot * WORDS] !== 0 && this.#words[(slot ^ 1) * WORDS] === 0;
    this.#slot = isTaken ? slot ^ 1 : slot;
    let place = this.#slot * WORDS;
    this.#words[place] = length;
    for (let at = from; at < from + length; at += 4) {
      const left = from + length - at;
      this.#words[++place] = view.getInt32(at, true) & (left >= 4 ? -1 : (TAILS[left] as number));
    }
    this.#stored[this.#slot] = normaliseId(bytes.toString('latin1', from, from + length));
    for (const pseudonyms of this.#hidden) pseudonyms[this.#slot] = undefined;
    return true;
  }
}

/** Of a word, a bit in each byte that is 0, the lowest of them for sure (Alan Mycroft's test). */
function zeroBytes(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}

/** Gateways' ids: for all readers, since it holds nothing but what an id's own bytes say. */
export const gatewayIds = new Ids();

const badgeIds = new WeakMap<Pseudonymiser, Ids>();

/** The badges' ids of all readers that hide them alike: a small body has no time to fill a table of its own. */
export function badgeIdsOf(hide: Pseudonymiser): Ids {
  const known = badgeIds.get(hide) ?? new Ids();
  badgeIds.set(hide, known);
  return known;
}

import { QUOTE } from './ascii.ts';
import { normaliseId } from './mac.ts';

/** Ids remembered at most; a power of two. A venue with more of them is read a little slower. */
const SLOTS = 1 << 15;
/** Bytes of an id at most (model: Id). */
const ID_MAX = 64;

/** 1 for each byte that an id may hold. */
const isIdByte = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-')
  isIdByte[character.charCodeAt(0)] = 1;

/** Ids as they came and in their stored form, by a hash of their bytes; a newcomer takes the place of an older one. */
const sent = new Array<string | undefined>(SLOTS).fill(undefined);
const stored = new Array<string>(SLOTS).fill('');

/** Where the id that begins at `from` ends: at its closing quote; −1 where that is no id. */
export function idEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isIdByte[bytes[at] as number] === 1) at++;
  return bytes[at] === QUOTE && at > from && at - from <= ID_MAX ? at : -1;
}

/** The stored form of the id in bytes `from` to `until`; the same string again for the same bytes. */
export function internId(bytes: Buffer, from: number, until: number): string {
  let hash = 0x811c9dc5;
  for (let at = from; at < until; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = sent[slot];
  if (known !== undefined && isSame(known, bytes, from, until)) return stored[slot] as string;
  const id = bytes.toString('latin1', from, until);
  sent[slot] = id;
  stored[slot] = normaliseId(id);
  return stored[slot];
}

function isSame(text: string, bytes: Uint8Array, from: number, until: number): boolean {
  if (text.length !== until - from) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}

/**
 * Draws numbers by name instead of in turn: the same question has the same answer whenever it is asked, so a world can
 * begin anywhere and owes nothing to its past.
 */
export type Draw = (a: number, b?: number, c?: number) => number;

const UNIT = 2 ** 32;

/** 32 mixed bits of four integers (the finalisers of MurmurHash3 and of Ettinger's lowbias32). */
export function hash(salt: number, a: number, b = 0, c = 0): number {
  let h = Math.imul(salt ^ a, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The salt of a name, under a seed. */
export function saltOf(seed: number, name: string): number {
  let salt = hash(0x51ed270b, seed | 0, Math.floor(seed / UNIT));
  for (let i = 0; i < name.length; i += 1) salt = hash(salt, name.charCodeAt(i), i);
  return salt;
}

/** Numbers in [0, 1) of a name. */
export function drawOf(seed: number, name: string): Draw {
  const salt = saltOf(seed, name);
  return (a, b, c) => hash(salt, a, b, c) / UNIT;
}

/** Nearly normal (mean 0, deviation 1, at most 3.45) from 32 bits: the sum of four bytes, whole numbers all the way. */
export const normal = (bits: number): number =>
  ((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510) / 147.8;

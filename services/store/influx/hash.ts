/**
 * 53 bits of a text, the same in every process and for ever: they are part of the identity of what is stored.
 * Two lanes of multiply and xor over the UTF-16 units, mixed at the end as MurmurHash3 does (after bryc's cyrb53).
 */
export function hash53(text: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  const low = mix(one) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  const high = mix(two) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (high & 0x1fffff) + (low >>> 0);
}

/** 32 bits, each of which hangs on all that came in. */
export function mix(bits: number): number {
  const half = Math.imul(bits ^ (bits >>> 16), 2246822507);
  const most = Math.imul(half ^ (half >>> 13), 3266489909);
  return most ^ (most >>> 16);
}

/** A bit a row, least significant first. */
export function bits<T>(rows: ArrayLike<T>, isSet: (row: T) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(rows.length / 8));
  for (let i = 0; i < rows.length; i++) if (isSet(rows[i]!)) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

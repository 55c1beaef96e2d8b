import { type Entry, VALUE_MAX } from './ledger.ts';

/** An entry as it is kept: `id` tells who put it, since of two of one key and version the first wins. */
export type Kept = Entry & { id: string };

/** Bytes of a key at most. */
const KEY_MAX = 300;
const KEY = /^[\p{L}\p{N}._:@+-]+(\/[\p{L}\p{N}._:@+-]+)*$/u;

/** An entry → the text that is kept. Throws a sentence where key, version or value is none. */
export function textOf({ key, version, time, id, value }: Kept): string {
  if (!KEY.test(key) || Buffer.byteLength(key) > KEY_MAX)
    throw new RangeError(
      `ledger: expected a key like run/presences/2026-11-03, ${KEY_MAX} bytes at most, found ${key}`,
    );
  if (!(Number.isSafeInteger(version) && version >= 1))
    throw new RangeError(`ledger: expected a version from 1 on for ${key}, found ${version}`);
  const json = JSON.stringify(value);
  const bytes = json === undefined ? Number.NaN : Buffer.byteLength(json);
  if (!(bytes <= VALUE_MAX))
    throw new RangeError(
      `ledger: expected a value of ${VALUE_MAX} bytes of JSON at most for ${key}, found ${json === undefined ? 'nothing' : bytes}`,
    );
  return JSON.stringify([key, version, time, id, value]);
}

/** A text that was kept → its entry; null: it is none. */
export function entryOf(text: string): Kept | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(found) || found.length !== 5) return null;
  const [key, version, time, id, value] = found as [string, number, number, string, unknown];
  return typeof key === 'string' && Number.isSafeInteger(version) ? { key, version, time, id, value } : null;
}

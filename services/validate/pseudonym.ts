import { createHmac, randomBytes } from 'node:crypto';
import { PSEUDONYM_PATTERN } from '../model/fields.ts';
import type { Pseudonymiser } from './context.ts';
import { normaliseId } from './mac.ts';

/** A key that hides badges: its number, its secret, and since when it signs (UTC ms; −Infinity: always). */
export type Key = { number: number; secret: string; begins: number };

/** Characters of a secret at least. */
const SECRET_MIN = 16;
/** Pseudonyms remembered at most, twice. */
const REMEMBERED_MAX = 100_000;
/** 12 bytes are 16 base64url characters. */
const MAC_BYTES = 12;

const ENTRY = /^\s*([1-9][0-9]{0,5})(?:@(\d{4}-\d{2}-\d{2}))?:(.*?)\s*$/s;
const PSEUDONYM = new RegExp(PSEUDONYM_PATTERN);

/**
 * Reads `1:secret,2@2026-11-05:secret`: the key without a day has always begun, the others at 00:00 UTC of theirs.
 * Throws an Error that names the entry by its place and never quotes a secret.
 */
export function parseKeys(text: string): Key[] {
  const keys = text.split(',').map((entry, place) => parseKey(entry, `key ${place + 1}`));
  refuseTwins(keys);
  if (!keys.some((key) => key.begins === -Infinity))
    throw new Error('expected one key without a day (it has always begun), found none');
  return keys.sort((a, b) => a.begins - b.begins);
}

function parseKey(entry: string, where: string): Key {
  const [, number, day, secret] = ENTRY.exec(entry) ?? [];
  if (!number || secret === undefined)
    throw new Error(`${where}: expected number:secret or number@YYYY-MM-DD:secret, found another form`);
  if (secret.length < SECRET_MIN)
    throw new Error(`${where}: expected a secret of at least ${SECRET_MIN} characters, found ${secret.length}`);
  const begins = day ? Date.parse(`${day}T00:00:00Z`) : -Infinity;
  // Date.parse makes 1 March of 30 February
  if (day && (Number.isNaN(begins) || new Date(begins).toISOString().slice(0, 10) !== day))
    throw new Error(`${where}: expected a day of the calendar, found ${day}`);
  return { number: Number(number), secret, begins };
}

function refuseTwins(keys: Key[]): void {
  for (const [index, key] of keys.entries()) {
    const twin = keys.slice(0, index).find((other) => other.number === key.number || other.begins === key.begins);
    if (!twin) continue;
    const found = twin.number === key.number ? `number ${key.number} twice` : `two that begin ${beginning(key)}`;
    throw new Error(`expected keys that differ in number and first day, found ${found}`);
  }
}

function beginning(key: Key): string {
  return key.begins === -Infinity ? 'always (without a day)' : `on ${dayOf(key)}`;
}

function dayOf(key: Key): string {
  return new Date(key.begins).toISOString().slice(0, 10);
}

/** Keys in the form that `parseKeys` reads. */
export function formatKeys(keys: readonly Key[]): string {
  return keys.map((key) => `${key.number}${key.begins === -Infinity ? '' : `@${dayOf(key)}`}:${key.secret}`).join(',');
}

/** A first key, drawn at random, in the form that `parseKeys` reads. */
export function newKey(): string {
  return `1:${randomBytes(32).toString('base64url')}`;
}

/**
 * A function from a badge's id and the time (UTC ms) it was heard to its pseudonym: `k`, the key's number, `.` and the
 * first 12 bytes of HMAC-SHA-256(secret, id) in base64url. What already is a pseudonym stays.
 */
export function pseudonymiser(keys: readonly Key[]): Pseudonymiser {
  const signers = [...keys].sort((a, b) => b.begins - a.begins).map(signerOf);
  if (signers.length === 0) throw new Error('expected at least one pseudonym key, found none');
  const begins = Float64Array.from(signers.slice(0, -1), (signer) => signer.begins);
  // the newest key first; the last of them has always begun
  const keyAt = (time: number): number => {
    let key = 0;
    while (key < begins.length && (begins[key] as number) > time) key++;
    return key;
  };
  const pseudonym = (id: string, time: number): string => (signers[keyAt(time)] as Signer).sign(id);
  return Object.assign(pseudonym, { keyAt, begins: [...begins].reverse() });
}

/** Every pseudonym that a badge's id has, one a key; a pseudonym is its own alone. */
export const pseudonymsOf = (keys: readonly Key[], id: string): string[] => [
  ...new Set(keys.map((key) => hide(key, id))),
];

type Signer = { begins: number; sign: (id: string) => string };

function signerOf(key: Key): Signer {
  let recent = new Map<string, string>();
  let before = new Map<string, string>();
  const sign = (id: string): string => {
    const known = recent.get(id);
    if (known !== undefined) return known;
    // two generations: a venue with more badges than are remembered slows down, and never forgets all at once
    if (recent.size >= REMEMBERED_MAX) [before, recent] = [recent, new Map()];
    const made = before.get(id) ?? hide(key, id);
    recent.set(id, made);
    return made;
  };
  return { begins: key.begins, sign };
}

function hide(key: Key, id: string): string {
  if (PSEUDONYM.test(id)) return id;
  const mac = createHmac('sha256', key.secret).update(normaliseId(id)).digest();
  return `k${key.number}.${mac.subarray(0, MAC_BYTES).toString('base64url')}`;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { writeWhole } from '../ledger/whole.ts';
import type { Line } from '../model/line.ts';

/**
 * Takes badges out of what was shown (`folder`: days of lines): the presences that begin and end with them. What rooms were
 * like stays, for it says nothing of anybody. Nobody may write meanwhile. Returns the days that were changed.
 */
export function forgetInRecord(folder: string, badges: readonly string[]): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ndjson')) : [];
  return names.sort().filter((name) => {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    if (!badges.some((badge) => text.includes(badge))) return false;
    const lines = text
      .split('\n')
      .map((line) => (badges.some((badge) => line.includes(badge)) ? left(line, badges) : line));
    writeWhole(file, lines.join('\n'));
    return true;
  });
}

function left(text: string, badges: readonly string[]): string {
  return JSON.stringify(lineWithout(JSON.parse(text) as Line, (badge) => badges.includes(badge)));
}

/** A line in which no presence of some badges ends or begins. */
export function lineWithout(line: Line, isForgotten: (badge: string) => boolean): Line {
  const isKept = ({ badge }: { badge: string }) => !isForgotten(badge);
  return { ...line, ended: line.ended.filter(isKept), began: line.began.filter(isKept) };
}

/** Takes badges out of the state from which the picture goes on: whatever is kept by their names, or says that it is about them. */
export function forgetInState(bytes: Buffer, badges: readonly string[]): Buffer {
  const names = new Set(badges);
  const isAbout = (key: unknown): boolean =>
    typeof key === 'string' && (names.has(key) || badges.some((badge) => key.endsWith(` ${badge}`)));
  const isOf = (value: unknown): boolean =>
    isAbout(value) || (typeof value === 'object' && value !== null && isAbout((value as { badge?: unknown }).badge));
  const scrub = (value: unknown): unknown => {
    if (value instanceof Map) {
      const entries = [...value].filter(([key, inner]) => !isAbout(key) && !isOf(inner));
      return new Map(entries.map(([key, inner]) => [key, scrub(inner)]));
    }
    if (value instanceof Set) return new Set([...value].filter((one) => !isOf(one)).map(scrub));
    if (Array.isArray(value)) return value.filter((one) => !isOf(one)).map(scrub);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const entries = Object.entries(value).filter(([key]) => !isAbout(key));
    return Object.fromEntries(entries.map(([key, inner]) => [key, isAbout(inner) ? null : scrub(inner)]));
  };
  return serialize(scrub(deserialize(bytes)));
}

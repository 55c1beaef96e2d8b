import { createHash } from 'node:crypto';

/** JSON with sorted names and without white space, as RFC 8785 has it: the same content is the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join()}}`;
}

/** The name of a version of a venue: SHA-256 of the canonical JSON, hex. */
export function versionOf(canonicalText: string): string {
  return createHash('sha256').update(canonicalText).digest('hex');
}

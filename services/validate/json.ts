/** An object as JSON.parse made it: read by own names only. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names in an object that a format does not know. */
export function unknownOf(value: unknown, known: ReadonlySet<string>): string[] {
  return isObject(value) ? Object.keys(value).filter((name) => !known.has(name)) : [];
}

/** Whether objects and arrays are nested more than `levels` deep. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

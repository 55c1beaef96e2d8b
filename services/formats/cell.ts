import type { ColumnType } from '../model/query.ts';

/** A value as a text: nothing where it is unknown, an instant as RFC 3339 in UTC. */
export function cellText(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return '';
  if (type === 'instant') return new Date(value as number).toISOString();
  return type === 'json' ? JSON.stringify(value) : String(value);
}

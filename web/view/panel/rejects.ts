import type { RejectRow } from '../../read/rows.ts';

/** Rejects that have the same first fault: where, what was expected; the newest first. */
export type RejectKind = {
  key: string;
  pointer: string;
  expected: string;
  count: number;
  last: number;
  from: string[];
  rows: RejectRow[];
};

/** The newest rejects by why they are some, the most frequent first. */
export function kindsOf(rejects: readonly RejectRow[]): RejectKind[] {
  const kinds = new Map<string, RejectKind>();
  for (const row of rejects) {
    const { pointer, expected } = row.reasons[0] ?? { pointer: '', expected: 'something else' };
    const key = `${pointer} ${expected}`;
    const kind = kinds.get(key) ?? { key, pointer, expected, count: 0, last: row.taken, from: [], rows: [] };
    kinds.set(key, kind);
    kind.count += 1;
    kind.last = Math.max(kind.last, row.taken);
    kind.rows.push(row);
    if (!kind.from.includes(row.source)) kind.from.push(row.source);
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count || b.last - a.last);
}

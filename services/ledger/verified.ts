import type { Added, Published } from '../model/schedule.ts';
import type { Manifest } from './exported.ts';

/** What the pivot says now of what a manifest is about. */
export type Now = { totals: Record<string, number | null>; read: Published['read'] };

/** How the totals of a manifest and those of the pivot stand to each other; in words what is different, or has moved on since. */
export type Compared = { state: 'equal' | 'moved' | 'different'; words: string };

/** Sums of doubles in another order differ in their last digits. */
const CLOSE = 1e-9;

/**
 * Compares the grand totals that a manifest has with those that the pivot has now. Where something newer is read now than was read
 * then, another total is no fault: it is said which revision has taken the place of which.
 */
export function compareTotals(manifest: Pick<Manifest, 'totals' | 'read' | 'revision'>, now: Now): Compared {
  const off = Object.entries(manifest.totals).flatMap(([name, then]) =>
    isClose(then, now.totals[name] ?? null)
      ? []
      : [`${name}: expected ${now.totals[name] ?? 'nothing'}, found ${then ?? 'nothing'}`],
  );
  if (off.length === 0) return { state: 'equal', words: `revision ${manifest.revision}: totals equal the pivot's` };
  const moved = newer(manifest.read, now.read);
  if (moved.length === 0) return { state: 'different', words: `revision ${manifest.revision}: ${off.join('; ')}` };
  const words = `revision ${manifest.revision} was right when it was made, but data moved on since (${moved.join('; ')}): ${off.join('; ')}`;
  return { state: 'moved', words };
}

/** Measures that cells add up to, and of what: there each record is in one cell. */
const ADDITIVE = /^(count|sum\(.*\))$/;
const ADDITIVE_OF = ['observations', 'anomalies'];

/**
 * What of the rows of files is not as their manifest says, in sentences; none: all is. Each file has as many; columns of numbers
 * add up to the same in each, and cells to the totals where a record is in one cell alone.
 */
export function rowFaults(
  { rows, totals, holds, query, types }: Pick<Manifest, 'rows' | 'totals' | 'holds' | 'query' | 'types'>,
  found: ReadonlyMap<string, Added | Error>,
): string[] {
  const isAdditive = (name: string) => holds === 'cells' && ADDITIVE_OF.includes(query.dataset) && ADDITIVE.test(name);
  const wanted = new Map<string, number>();
  for (const [name, total] of Object.entries(totals))
    if (isAdditive(name) && name in types && total !== null) wanted.set(name, total);
  return [...found].flatMap(([file, added]) => {
    if (added instanceof Error) return [`${file}: could not be read: ${added.message}`];
    if (added.rows !== rows) return [`${file}: expected ${rows} rows, found ${added.rows}`];
    return Object.entries(added.sums ?? {}).flatMap(([name, { sum, size }]) => {
      const expected = wanted.get(name) ?? sum;
      wanted.set(name, expected);
      if (Math.abs(expected - sum) <= CLOSE * Math.max(1, size)) return [];
      return [`${file}: expected ${name} to add up to ${expected}, found ${sum}`];
    });
  });
}

function newer(then: Published['read'], now: Published['read']): string[] {
  return now.flatMap(({ dataset, day, revision }) => {
    const known = then.find((one) => one.dataset === dataset && one.day === day)?.revision ?? 0;
    return revision > known ? [`${dataset} of ${day}: ${known} then, ${revision} now`] : [];
  });
}

const isClose = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b)));

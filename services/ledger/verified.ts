import type { Published } from '../model/schedule.ts';
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

function newer(then: Published['read'], now: Published['read']): string[] {
  return now.flatMap(({ dataset, day, revision }) => {
    const known = then.find((one) => one.dataset === dataset && one.day === day)?.revision ?? 0;
    return revision > known ? [`${dataset} of ${day}: ${known} then, ${revision} now`] : [];
  });
}

const isClose = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b)));

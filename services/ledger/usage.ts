import type { Entry, Ledger } from './ledger.ts';
import { say } from './runs.ts';

/** How often each page was opened, and each dataset was asked for. No addresses, no names. */
export type Used = { pages: Record<string, number>; queries: Record<string, number> };
/** Of a day of the venue's zone. */
export type UsageRow = { day: string; kind: 'page' | 'query'; name: string; count: number };

/** One row for each process and day: who starts again begins another. */
const keyOf = (day: string, who: string): string => `usage/${day}/${who}`;

/** Puts what one process has counted of a day in the place of what it said before. */
export async function putUsage(ledger: Ledger, day: string, who: string, used: Used): Promise<void> {
  await say(ledger, keyOf(day, who), used);
}

/** What was counted by all processes, newest day first, the most used first; of days from `since` on. */
export async function readUsage(ledger: Pick<Ledger, 'list'>, since = ''): Promise<UsageRow[]> {
  const sums = new Map<string, UsageRow>();
  const add = (day: string, kind: UsageRow['kind'], counts: Record<string, number>) => {
    for (const [name, count] of Object.entries(counts)) {
      const row = sums.get(`${day} ${kind} ${name}`) ?? { day, kind, name, count: 0 };
      row.count += count;
      sums.set(`${day} ${kind} ${name}`, row);
    }
  };
  for (const { key, value } of (await ledger.list('usage/')) as Entry<Used>[]) {
    const day = key.split('/')[1]!;
    if (day < since) continue;
    add(day, 'page', value.pages);
    add(day, 'query', value.queries);
  }
  return [...sums.values()].sort(
    (a, b) =>
      (a.day === b.day ? 0 : a.day < b.day ? 1 : -1) ||
      (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
      b.count - a.count ||
      (a.name < b.name ? -1 : 1),
  );
}

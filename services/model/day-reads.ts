import type { Published } from './schedule.ts';

/** Which revision of a dataset's day was read (`day` as 2026-11-03). */
export type DayRead = { dataset: string; day: string; revision: number };

const DAY_MS = 86_400_000;
const dayAfter = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);

/** The days of each dataset that follow one another as one: a year has room in a row of the ledger. */
export function packReads(reads: readonly DayRead[]): Published['read'] {
  const packed: Published['read'] = [];
  const inOrder = [...reads].sort((a, b) =>
    a.dataset === b.dataset ? (a.day < b.day ? -1 : 1) : a.dataset < b.dataset ? -1 : 1,
  );
  for (const { dataset, day, revision } of inOrder) {
    const last = packed.at(-1);
    if (last?.dataset === dataset && dayAfter(last.day, last.revisions.length) === day) last.revisions.push(revision);
    else packed.push({ dataset, day, revisions: [revision] });
  }
  return packed;
}

/** Each day by itself; rows that were put before days were packed have them so. */
export const unpackReads = (packed: Published['read'] | readonly DayRead[]): DayRead[] =>
  packed.flatMap((one) =>
    'revision' in one
      ? one
      : one.revisions.map((revision, i) => ({ dataset: one.dataset, day: dayAfter(one.day, i), revision })),
  );

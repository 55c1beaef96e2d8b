import type { Batch } from '../../model/batch.ts';
import type { Observation } from '../../model/observation.ts';
import { pointOf } from './lines.ts';
import type { Recent } from './recent.ts';
import type { SeriesBook } from './series.ts';

export type Sorting = {
  book: SeriesBook;
  recent: Recent;
  /** UTC ms */
  now(): number;
  /** how long the bucket keeps what it is given */
  keptMs: number;
};

/** A batch by its places: what has to be sent, what was written lately, what cannot be stored and why. */
export type Sorted = {
  fresh: { text: string; place: number }[];
  duplicates: number[];
  bad: [place: number, reason: string][];
};

const DAY_MS = 86_400_000;

/** Sorts a batch whose number would be `number`. All its lines are made first: one that cannot be leaves no trace. */
export function sortOut({ observations, positions }: Batch, number: number, sorting: Sorting): Sorted {
  const { book, recent, now, keptMs } = sorting;
  const points = observations.map((observation, place) =>
    pointOf(observation, positions?.observations[place] ?? number, book),
  );
  const sorted: Sorted = { fresh: [], duplicates: [], bad: [] };
  const keptFrom = now() - keptMs;
  for (const [place, { key, time, ns, content, text }] of points.entries()) {
    const met = time < keptFrom ? 'old' : recent.meet(key, time, ns, content);
    if (met === 'new') sorted.fresh.push({ text, place });
    else if (met === 'repeat') sorted.duplicates.push(place);
    else sorted.bad.push([place, met === 'old' ? tooOld(observations[place]!, keptMs) : COLLISION]);
  }
  return sorted;
}

/** Once in a million pairs of one series and millisecond. It would overwrite the other. */
export const COLLISION =
  'expected a nanosecond of its own, found another observation there (same series, same millisecond)';

const tooOld = ({ time }: Observation, keptMs: number): string =>
  `expected a time within the ${keptMs / DAY_MS} days that the bucket keeps, found ${new Date(time).toISOString()}`;

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

/**
 * Sorts a batch whose number would be `number`, once it is decided about its badges. All its lines are made before one is remembered:
 * one that cannot be leaves no trace. What is too old to be stored is not, and takes no series.
 */
export async function sortOut(batch: Batch, number: number, { book, recent, now, keptMs }: Sorting): Promise<Sorted> {
  const { observations, positions } = batch;
  const keptFrom = now() - keptMs;
  const isKept = ({ time }: Observation) => time >= keptFrom;
  await book.admit(keptMs === Number.POSITIVE_INFINITY ? observations : observations.filter(isKept));
  const points = observations.map((observation, place) =>
    isKept(observation) ? pointOf(observation, positions?.observations[place] ?? number, book) : null,
  );
  const sorted: Sorted = { fresh: [], duplicates: [], bad: [] };
  for (const [place, point] of points.entries()) {
    const met = point ? recent.meet(point.key, point.time, point.ns, point.content) : 'old';
    if (met === 'new') sorted.fresh.push({ text: point!.text, place });
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

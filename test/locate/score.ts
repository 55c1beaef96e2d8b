import { createLocator } from '../../services/locate/locate.ts';
import type { Weighing } from '../../services/locate/rule.ts';
import type { Venue } from '../../services/model/venue.ts';
import type { Walk } from './recordings.ts';

/** Seconds of a walk, those decided right, and changes of room decided. */
export type Score = { samples: number; right: number; changes: number };

/**
 * What `score-rooms.mjs` counts, without a process and a file for each of thousands of trials: the room decided by each
 * second after the first sighting against the room that the badge was truly in.
 */
export function scoreWalk(walk: Walk, venue: Venue, weighing?: Weighing): Score {
  const decided = decisions(walk, venue, weighing);
  const score = { samples: 0, right: 0, changes: 0 };
  let [i, j] = [0, 0];
  let truth = walk.truth[0]!.room;
  let guess: string | null = null;
  let last: string | null = null;
  for (let time = walk.truth[0]!.time + 1000; time <= walk.truth.at(-1)!.time; time += 1000) {
    for (; i < walk.truth.length && walk.truth[i]!.time <= time; i += 1) truth = walk.truth[i]!.room;
    for (; j < decided.length && decided[j]!.time <= time; j += 1) guess = decided[j]!.room;
    score.samples += 1;
    if (guess === truth) score.right += 1;
    if (last !== null && guess !== last) score.changes += 1;
    last = guess ?? last;
  }
  return score;
}

export const total = (scores: Score[]): Score =>
  scores.reduce(
    (sum, { samples, right, changes }) => ({
      samples: sum.samples + samples,
      right: sum.right + right,
      changes: sum.changes + changes,
    }),
    { samples: 0, right: 0, changes: 0 },
  );

/** Percent of seconds right. */
export const accuracy = (score: Score): number => (100 * score.right) / score.samples;

function decisions({ sightings }: Walk, venue: Venue, weighing?: Weighing): { time: number; room: string | null }[] {
  const locator = createLocator(venue, undefined, weighing);
  const made: { time: number; room: string | null }[] = [];
  let second = 0;
  for (const one of sightings) {
    const due = Math.ceil(one.received / 1000) * 1000;
    if (due > second && second > 0) made.push(...locator.tick(second));
    second = due;
    locator.take(one);
  }
  return [...made, ...locator.tick(second)];
}

import { pathToFileURL } from 'node:url';
import { WEIGHING, type Weighing } from '../../services/locate/rule.ts';
import { FIVE, isAbsent, labVenue, readWalks, TURNING } from './recordings.ts';
import { accuracy, type Score, scoreWalk, total } from './score.ts';

/** All times of a walk are moved on by so much, ms: a set that is good in one phase only is luck. */
export const PHASES = [0, 250, 500, 750];

/** The numbers that are tried: every combination. */
export type Grid = { windowCadences: number[]; quantile: number[]; marginDb: number[] };

const WIDE: Grid = {
  windowCadences: [2, 2.5, 3, 3.5, 4, 4.5, 5, 6],
  quantile: [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
  marginDb: [0, 0.5, 1, 1.5, 2, 2.5, 3, 4],
};

/** A set of numbers, its place in the grid, and how it did: by walk, then phase. */
export type Trial = { weighing: Weighing; at: [number, number, number]; scores: Score[][] };

/** Runs the locator itself over the six walks in four phases with every set of the grid. */
export function tryAll(grid: Grid): Trial[] {
  const venue = labVenue();
  const phases = PHASES.map((phase) => [...readWalks(FIVE, phase), ...readWalks(TURNING, phase)]);
  return grid.windowCadences.flatMap((windowCadences, w) =>
    grid.quantile.flatMap((quantile, q) =>
      grid.marginDb.map((marginDb, m): Trial => {
        const weighing = { windowCadences, quantile, marginDb };
        const scores = phases[0]!.map((_, walk) => phases.map((walks) => scoreWalk(walks[walk]!, venue, weighing)));
        return { weighing, at: [w, q, m], scores };
      }),
    ),
  );
}

/** The mean over walks of the percent right, where each change costs a second: flicker is no way to win. */
const worthOf = ({ scores }: Trial, walks: number[]): number =>
  walks.reduce((sum, walk) => sum + worth(total(scores[walk]!)), 0) / walks.length;

const worth = ({ right, changes, samples }: Score): number => (100 * (right - changes)) / samples;

/** The middle of the best plateau: a set is judged by the mean of itself and its 26 neighbours in the grid. */
export function chooseFrom(trials: Trial[], walks: number[]): Trial {
  const worths = new Map(trials.map((trial) => [trial.at.join(), worthOf(trial, walks)]));
  const plateau = ({ at }: Trial): number => {
    const around = STEPS.flatMap((a) =>
      STEPS.flatMap((b) => STEPS.map((c) => [at[0] + a, at[1] + b, at[2] + c].join())),
    );
    // outside the grid nothing is known: its edge is never chosen
    return around.reduce((sum, place) => sum + (worths.get(place) ?? 0), 0) / around.length;
  };
  return trials.reduce((best, trial) => (plateau(trial) > plateau(best) ? trial : best));
}

const STEPS = [-1, 0, 1];

/** Chooses over all walks but one, and scores that one; each in turn. */
export function leaveOneOut(trials: Trial[]): { chosen: Trial; score: Score }[] {
  return trials[0]!.scores.map((_, left) => {
    const others = trials[0]!.scores.flatMap((_, walk) => (walk === left ? [] : walk));
    const chosen = chooseFrom(trials, others);
    return { chosen, score: total(chosen.scores[left]!) };
  });
}

export const named = ({ weighing }: Trial): string =>
  `${weighing.windowCadences} cadences, quantile ${weighing.quantile}, ${weighing.marginDb} dB`;

/** `93.5 % right, 15 changes` of one phase or, on the average, of four. */
export const shown = (score: Score, phases = 1): string =>
  `${accuracy(score).toFixed(1)} % right, ${+(score.changes / phases).toFixed(2)} changes`;

/** By window and quantile at the margin in use: percent right over six walks and four phases. */
function plateauTable(trials: Trial[], { quantile, windowCadences }: Grid): string {
  const cell = (w: number, q: number): string => {
    const trial = trials.find(
      ({ at, weighing }) => at[0] === w && at[1] === q && weighing.marginDb === WEIGHING.marginDb,
    );
    return accuracy(total(trial!.scores.flat())).toFixed(1).padStart(7);
  };
  const head = `window \\ quantile ${quantile.map((q) => String(q).padStart(6)).join(' ')}`;
  const rows = windowCadences.map(
    (window, w) => `${String(window).padEnd(16)} ${quantile.map((_, q) => cell(w, q)).join('')}`,
  );
  return [head, ...rows].join('\n');
}

function report(grid: Grid): void {
  const trials = tryAll(grid);
  const six = [0, 1, 2, 3, 4, 5];
  console.log(
    `${trials.length} sets, six walks, four phases; margin ${WEIGHING.marginDb} dB:\n${plateauTable(trials, grid)}`,
  );
  console.log(`chosen over all six: ${named(chooseFrom(trials, six))}`);
  const left = leaveOneOut(trials);
  for (const { chosen, score } of left) console.log(`  left out: ${shown(score, PHASES.length)} with ${named(chosen)}`);
  console.log(`leave-one-walk-out: ${shown(total(left.map(({ score }) => score)), PHASES.length)}`);
}

// node --import tsx test/locate/choose.ts
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (isAbsent) console.log(isAbsent);
  else report(WIDE);
}

import { readBaseline } from '../answer/baseline.ts';
import { type Baseline, createBaseline } from '../live/expected.ts';
import { daysIn } from '../model/day.ts';

/** How often it is looked whether there is a newer baseline, ms. */
const LOOK_MS = 30_000;

/** What live frames expect: the baseline of the day that it is, as far as jobs have made one. */
export type Expectation = { now(): Baseline | null; end(): void };

/**
 * Keeps the baseline of today (of the venue's zone) at hand; it is read again when the day changes or a job has made a new one.
 * `failed` is told of what cannot be read: frames go on without it.
 */
export function keepExpectation(
  house: string | null,
  zone: string,
  clock: () => number,
  failed: (error: unknown) => void,
): Expectation {
  let held: { day: string; baseline: Baseline | null } = { day: '', baseline: null };
  const dayNow = () => daysIn({ from: clock(), until: clock() + 1 }, zone)[0]!.day;
  const look = async (): Promise<void> => {
    const day = dayNow();
    const found = house === null ? null : await readBaseline(house, day);
    if (found?.version !== held.baseline?.version || day !== held.day)
      held = { day, baseline: found && createBaseline(found.version, found.rows) };
  };
  look().catch(failed);
  const timer = setInterval(() => look().catch(failed), LOOK_MS);
  timer.unref();
  return { now: () => held.baseline, end: () => clearInterval(timer) };
}

import type { Entry } from './ledger.ts';

/** How long a period of tags in a bucket is, as the first said who wrote there, and how long the bucket keeps what it is given, ms; null: for ever. */
export type Period = { ms: number | null; kept: number | null };

/** Below `series/` stand a period and the number of what was decided in it; and how long a period is. */
export const PERIOD = 'series/period';
export const decisionKey = (period: number, number: number): string => `series/${period}/${number}`;

/** Clocks of those who write differ by less. */
const MARGIN_MS = 86_400_000;

/** What was decided in periods of which the bucket keeps nothing any more, at an instant (UTC ms): nobody asks for it. */
export function pastPeriods(newest: ReadonlyMap<string, Entry>, now: number): (key: string) => boolean {
  const { ms, kept } = (newest.get(PERIOD)?.value ?? { ms: null, kept: null }) as Period;
  return (key) => {
    const period = /^series\/(-?\d+)\//.exec(key)?.[1];
    return period !== undefined && ms !== null && kept !== null && (Number(period) + 1) * ms + kept + MARGIN_MS < now;
  };
}

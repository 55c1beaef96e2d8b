/** Rows from 0: the first and the last of a known anomaly, both in it. */
export type Window = { first: number; last: number };

/** What is known of a series: how many rows it has, and where its anomalies lie. */
export type Labelled = { rows: number; windows: Window[] };

/** What a false row and a missed window cost; a hit is worth 1. */
export type Profile = { fp: number; fn: number };

export const PROFILES: Record<'standard' | 'lowFp' | 'lowFn', Profile> = {
  standard: { fp: 0.11, fn: 1 },
  lowFp: { fp: 0.22, fn: 1 },
  lowFn: { fp: 0.11, fn: 2 },
};

const sigma = (y: number): number => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);

/** Rows at the beginning that never count. */
const probationOf = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

/** What an alert in a row is worth: 1 at a window's first row, 0 towards its end, below 0 outside (ANOMALY §5, rule 3). */
export function weightOf(row: number, windows: readonly Window[]): number {
  const within = windows.find(({ first, last }) => first <= row && row <= last);
  if (within) {
    const length = within.last - within.first + 1;
    return sigma(-(within.last - row + 1) / length) / sigma(-1);
  }
  const before = windows.filter(({ last }) => last < row).at(-1);
  return before ? sigma((row - before.last) / (before.last - before.first)) : -1;
}

/** What alerts (rows, in order) earn of a series, before it is set against nothing and against perfection. */
function rawScore({ rows, windows }: Labelled, alerts: readonly number[], { fp, fn }: Profile): number {
  const counted = alerts.filter((row) => row >= probationOf(rows));
  const best = windows.map(({ first, last }) => {
    const hits = counted.filter((row) => first <= row && row <= last).map((row) => weightOf(row, windows));
    return hits.length > 0 ? Math.max(...hits) : -fn;
  });
  const isOutside = (row: number) => !windows.some(({ first, last }) => first <= row && row <= last);
  const outside = counted.filter(isOutside).map((row) => fp * weightOf(row, windows));
  return [...best, ...outside].reduce((sum, one) => sum + one, 0);
}

/** NAB's score of a set of series, 0 for no alert at all, 100 for the first row of every window and nothing else. */
export function nabScore(series: readonly { of: Labelled; alerts: readonly number[] }[], profile: Profile): number {
  const raw = series.reduce((sum, { of, alerts }) => sum + rawScore(of, alerts, profile), 0);
  const windows = series.reduce((sum, { of }) => sum + of.windows.length, 0);
  const nothing = -profile.fn * windows;
  return (100 * (raw - nothing)) / (windows - nothing);
}

/** Windows in which there was an alert, and alerts outside of all. */
export function tally(series: readonly { of: Labelled; alerts: readonly number[] }[]): { hit: number; false: number } {
  let [hit, wrong] = [0, 0];
  for (const { of, alerts } of series) {
    const counted = alerts.filter((row) => row >= probationOf(of.rows));
    const isIn = ({ first, last }: Window) => counted.some((row) => first <= row && row <= last);
    hit += of.windows.filter(isIn).length;
    wrong += counted.filter((row) => !of.windows.some(({ first, last }) => first <= row && row <= last)).length;
  }
  return { hit, false: wrong };
}

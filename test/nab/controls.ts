import type { Series } from './files.ts';

/** What a detector must beat: alerts (rows from 0) that know nothing, or little. */
export const never = (): number[] => [];
export const always = ({ rows }: Series): number[] => Array.from({ length: rows }, (_, row) => row);

/** Twenty rows evenly spread. */
export function metronome({ rows }: Series): number[] {
  const every = Math.floor(0.05 * rows);
  return always({ rows } as Series).filter((row) => row > 0 && row % every === 0);
}

/** Ten rows by chance, the same for the same seed. */
export function random({ rows }: Series, seed: number): number[] {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return [...new Set(Array.from({ length: 10 }, () => Math.floor(next() * rows)))].sort((a, b) => a - b);
}

/** Rows whose distance from the mean of the earlier ones is at least `limit` of their standard deviations. */
export function expandingZ({ values }: Series, limit: number): number[] {
  let [n, mean, squares] = [0, 0, 0];
  const alerts: number[] = [];
  for (const [row, value] of values.entries()) {
    if (n > 1 && squares > 0 && Math.abs(value - mean) / Math.sqrt(squares / (n - 1)) >= limit) alerts.push(row);
    n += 1;
    const off = value - mean;
    mean += off / n;
    squares += off * (value - mean);
  }
  return alerts;
}

/** NAB's Windowed Gaussian at its published threshold, 1.0 in double precision: z ≥ 8.3 over the earlier 6,400 rows, moved by 100. */
export function windowedGaussian({ values }: Series): number[] {
  const alerts: number[] = [];
  let [from, until] = [0, 0];
  let [mean, deviation] = [0, 1];
  for (const [row, value] of values.entries()) {
    if (row > 0 && row - until >= 100) {
      until = row;
      from = Math.max(0, until - 6400);
      const known = values.slice(from, until);
      mean = known.reduce((sum, one) => sum + one, 0) / known.length;
      deviation = Math.sqrt(known.reduce((sum, one) => sum + (one - mean) ** 2, 0) / known.length);
    }
    if (until > 0 && deviation > 0 && (value - mean) / deviation >= 8.3) alerts.push(row);
  }
  return alerts;
}

/** One row at the centre of each window: an oracle. */
export const centres = ({ windows }: Series): number[] => windows.map(({ first, last }) => (first + last) >> 1);

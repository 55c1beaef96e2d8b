/** Sums that ordinary least squares needs: X′X (square, symmetric), X′y, y′y, and how many rows there were. */
export type Sums = { xx: number[][]; xy: number[]; yy: number; n: number /** Σ y */; y: number };

/** A fitted line. A column that others explain already has no coefficient: NaN. */
export type Fit = {
  coefficients: number[];
  /** standard errors */
  errors: number[];
  /** n less the columns that count */
  freedom: number;
  /** share of the variance that is explained; NaN where nothing varies */
  r2: number;
};

/** What is left of a column after those before it, as a share of it, below which they explain it. */
const EXPLAINED = 1e-9;

/**
 * Solves the normal equations by Cholesky's decomposition, X′X = L L′, leaving out columns that those before explain.
 * Columns are scaled to length one first, so that units do not matter.
 */
export function leastSquares({ xx, xy, yy, n, y }: Sums): Fit {
  const scale = xx.map((row, i) => Math.sqrt(row[i]!));
  const lower = xx.map(() => xx.map(() => 0));
  const isIn = xx.map(() => true);
  for (let i = 0; i < xx.length; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = scale[i]! > 0 && scale[j]! > 0 ? xx[i]![j]! / (scale[i]! * scale[j]!) : 0;
      for (let k = 0; k < j; k += 1) rest -= lower[i]![k]! * lower[j]![k]!;
      if (i === j) {
        isIn[i] = rest > EXPLAINED;
        lower[i]![i] = isIn[i] ? Math.sqrt(rest) : 0;
      } else lower[i]![j] = isIn[j] ? rest / lower[j]![j]! : 0;
    }
    if (!isIn[i]) lower[i]!.fill(0);
  }
  const columns = xx.map((_, i) => i).filter((i) => isIn[i]);
  const solve = (right: number[]) => backward(lower, columns, forward(lower, columns, right));
  const found = solve(xy.map((one, i) => (scale[i]! > 0 ? one / scale[i]! : 0)));
  const explained = columns.reduce((sum, i) => sum + found[i]! * (xy[i]! / scale[i]!), 0);
  const left = Math.max(0, yy - explained);
  const freedom = n - columns.length;
  const variance = freedom > 0 ? left / freedom : Number.NaN;
  const errorOf = (i: number) => {
    const unit = solve(xx.map((_, j) => (j === i ? 1 : 0)));
    return Math.sqrt(variance * unit[i]!) / scale[i]!;
  };
  const total = yy - (y * y) / n;
  return {
    coefficients: xx.map((_, i) => (isIn[i] ? found[i]! / scale[i]! : Number.NaN)),
    errors: xx.map((_, i) => (isIn[i] ? errorOf(i) : Number.NaN)),
    freedom,
    r2: total > 0 ? 1 - left / total : Number.NaN,
  };
}

/** L z = right, over the columns that count. */
function forward(lower: number[][], columns: number[], right: number[]): number[] {
  const z = right.map(() => 0);
  for (const i of columns) {
    let rest = right[i]!;
    for (const k of columns) if (k < i) rest -= lower[i]![k]! * z[k]!;
    z[i] = rest / lower[i]![i]!;
  }
  return z;
}

/** L′ b = z, over the columns that count. */
function backward(lower: number[][], columns: number[], z: number[]): number[] {
  const b = z.map(() => 0);
  for (const i of [...columns].reverse()) {
    let rest = z[i]!;
    for (const k of columns) if (k > i) rest -= lower[k]![i]! * b[k]!;
    b[i] = rest / lower[i]![i]!;
  }
  return b;
}

/** The quantile of Student's t: so many standard errors to each side hold a share of 0.95 at 0.975. `freedom` from 1 on. */
export function tQuantile(share: number, freedom: number): number {
  let [low, high] = [0, 1e4];
  for (let i = 0; i < 80; i += 1) {
    const middle = (low + high) / 2;
    if (tShare(middle, freedom) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How much of Student's t lies below t ≥ 0, by its finite series (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function tShare(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  const inner = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return 0.5 + inner / 2;
}

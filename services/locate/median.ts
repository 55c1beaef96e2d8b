/** The middle of the values, or the mean of the two middles; null of none. */
export function median(values: readonly number[]): number | null {
  const n = values.length;
  if (n === 0) return null;
  if (n > some.length) some = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) some[i] = values[i]!;
  const above = nth(some, n, n >> 1);
  if (n % 2 === 1) return above;
  let below = some[0]!;
  for (let i = 1; i < n >> 1; i++) below = Math.max(below, some[i]!);
  return (below + above) / 2;
}

/** The same of values that are in order. */
export const middle = (values: readonly number[]): number | null =>
  values.length === 0 ? null : (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;

/** Where the values are moved about: to make one each time would cost more than to look for the middle. */
let some = new Float64Array(64);

/** Of the first `n` the value that would stand at `place` if they were in order; what is before it is then no greater (Hoare's quickselect). */
function nth(values: Float64Array, n: number, place: number): number {
  let [from, to] = [0, n - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [i, j] = [from, to];
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i > j) break;
      [values[i], values[j]] = [values[j]!, values[i]!];
      i += 1;
      j -= 1;
    }
    if (place <= j) to = j;
    else if (place >= i) from = i;
    else break;
  }
  return values[place]!;
}

import type { Measure } from './measure.ts';

export type Fitted = { text: string; size: number; width: number };

/**
 * The first wording that fits a width: each as large as wanted, then each as small as `min`. Null if none does.
 */
export function fit(
  measure: Measure,
  wordings: string[],
  { width, size, min, weight }: { width: number; size: number; min: number; weight: number },
): Fitted | null {
  for (const at of [size, Math.min(size, min)])
    for (const text of wordings) {
      const wide = measure(text, at, weight);
      if (wide > width) continue;
      const grown = Math.min(size, (at * width) / wide);
      return { text, size: grown, width: measure(text, grown, weight) };
    }
  return null;
}

/** A name is never left out: its last letters go before it does. */
export function fitName(measure: Measure, name: string, width: number, size: number, min: number): Fitted {
  const whole = fit(measure, [name], { width, size, min, weight: 600 });
  if (whole) return whole;
  let end = name.length - 1;
  const cut = () => `${name.slice(0, end).trimEnd()}…`;
  while (end > 1 && measure(cut(), min, 600) > width) end--;
  return { text: cut(), size: min, width: measure(cut(), min, 600) };
}

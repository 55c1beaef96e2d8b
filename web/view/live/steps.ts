import type { Series } from './room.ts';

/** The mean of a value over even steps of time, the newest `length` of them; older ones are overwritten. */
export type Steps = {
  stepMs: number;
  /** a value at an instant, UTC ms */
  add(at: number, value: number): void;
  /** nothing is known from one instant to another: no line is drawn across */
  breakAt(from: number, until: number): void;
  /** what is known of the past: a mean over a span; steps that have values of their own keep them */
  fill(from: number, until: number, mean: number): void;
  /** the steps up to an instant, over `spanMs` */
  upTo(at: number, spanMs: number): Series;
  /** the sum of what was added in a step */
  sumAt(at: number): number | null;
};

export function createSteps(stepMs: number, length: number): Steps {
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  const steps = new Float64Array(length).fill(-1);
  const broken = new Uint8Array(length);
  const slotOf = (step: number) => {
    const slot = step % length;
    if (steps[slot] !== step) {
      steps[slot] = step;
      sums[slot] = counts[slot] = broken[slot] = 0;
    }
    return slot;
  };
  const stepAt = (at: number) => Math.floor(at / stepMs);
  const meanOf = (step: number) => {
    const slot = step % length;
    const isKnown = steps[slot] === step && counts[slot]! > 0 && broken[slot] === 0;
    return isKnown ? sums[slot]! / counts[slot]! : null;
  };
  return {
    stepMs,
    add(at, value) {
      const slot = slotOf(stepAt(at));
      sums[slot]! += value;
      counts[slot]!++;
    },
    breakAt(from, until) {
      const last = stepAt(until);
      for (let step = Math.max(stepAt(from), last - length + 1); step <= last; step++) broken[slotOf(step)] = 1;
    },
    fill(from, until, mean) {
      for (let step = stepAt(from); step * stepMs < until; step++) {
        const slot = slotOf(step);
        if (counts[slot]! > 0) continue;
        sums[slot] = mean;
        counts[slot] = 1;
      }
    },
    upTo(at, spanMs) {
      const last = stepAt(at);
      const first = last - Math.min(length, Math.floor(spanMs / stepMs)) + 1;
      const values = Array.from({ length: last - first + 1 }, (_, i) => meanOf(first + i));
      return { from: first * stepMs, stepMs, values };
    },
    sumAt(at) {
      const slot = stepAt(at) % length;
      return steps[slot] === stepAt(at) && counts[slot]! > 0 ? sums[slot]! : null;
    },
  };
}

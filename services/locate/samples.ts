import { LATE_MS, SAMPLES_MAX } from './rule.ts';

/**
 * What one gateway heard of one badge: `time`, `t` = min(time, received) and `rssi`, three numbers a sighting, in the
 * order of t, then time. One flat array: of 100,000 badges these are most of what `locate` holds in memory.
 */
export type Samples = number[];

/** What `keep` did: nothing new, a known sighting made louder, a new one, or a new one that is too old to be kept. */
export type Kept = 'known' | 'louder' | 'new' | 'old';

const STRIDE = 3;

/**
 * Keeps a sighting, keyed by `time`: of two with one key the louder wins and the first received fixes `t`.
 * Only the newest `SAMPLES_MAX` of the last `LATE_MS` before `now` stay, so that the order of arrival changes nothing.
 */
export function keep(samples: Samples, time: number, t: number, rssi: number, now: number): Kept {
  const oldest = now - LATE_MS;
  for (let i = samples.length - STRIDE; i >= 0; i -= STRIDE) {
    if (samples[i] === time) return samples[i + 1]! > oldest ? louder(samples, i, rssi) : 'known';
  }
  if (t <= oldest) return 'old';
  const isFull = samples.length === STRIDE * SAMPLES_MAX;
  if (isFull && isBefore(time, t, samples, 0)) return 'old';
  if (isFull || (samples.length > 0 && samples[0]! <= oldest)) shift(samples);
  else samples.push(time, t, rssi);
  sink(samples, time, t, rssi);
  return 'new';
}

/** Are all so old that a repeat of them would be late? Then nothing needs them any more. */
export function areLate(samples: Samples, now: number): boolean {
  for (let i = 0; i < samples.length; i += STRIDE) if (samples[i]! > now - LATE_MS) return false;
  return true;
}

/** `t` of the newest sighting. */
export const newest = (samples: Samples): number => samples[samples.length - 2] ?? Number.NEGATIVE_INFINITY;

const sorted = new Int16Array(SAMPLES_MAX);

/** The nearest-rank quantile of the levels heard after `since`, dBm; NaN when there are none. */
export function quantileSince(samples: Samples, since: number, quantile: number): number {
  let n = 0;
  for (let i = samples.length - STRIDE; i >= 0 && samples[i + 1]! > since; i -= STRIDE) {
    const rssi = samples[i + 2]!;
    let at = n++;
    for (; at > 0 && sorted[at - 1]! > rssi; at -= 1) sorted[at] = sorted[at - 1]!;
    sorted[at] = rssi;
  }
  return n === 0 ? Number.NaN : sorted[Math.ceil(n * quantile) - 1]!;
}

function louder(samples: Samples, i: number, rssi: number): Kept {
  if (samples[i + 2]! >= rssi) return 'known';
  samples[i + 2] = rssi;
  return 'louder';
}

const isBefore = (time: number, t: number, samples: Samples, i: number): boolean =>
  t < samples[i + 1]! || (t === samples[i + 1]! && time < samples[i]!);

/** The oldest goes, and leaves room at the end. By hand: `copyWithin` of a plain array is slower than all the rest. */
function shift(samples: Samples): void {
  for (let i = STRIDE; i < samples.length; i += 1) samples[i - STRIDE] = samples[i]!;
}

/** The sighting that the last place is free for goes to its place in the order. */
function sink(samples: Samples, time: number, t: number, rssi: number): void {
  let i = samples.length - STRIDE;
  for (; i > 0 && isBefore(time, t, samples, i - STRIDE); i -= STRIDE) {
    for (let k = 0; k < STRIDE; k += 1) samples[i + k] = samples[i + k - STRIDE]!;
  }
  samples[i] = time;
  samples[i + 1] = t;
  samples[i + 2] = rssi;
}

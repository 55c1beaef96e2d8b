import { AHEAD_MARK_MS, LATE_MS, SAMPLES_MAX } from './rule.ts';

/**
 * What one gateway heard of one badge. `kept` has three numbers a sighting, in the order of t, then time: `time`,
 * `t` = min(time, received), `rssi`. Flat, for of 100,000 badges these are most of what `locate` holds in memory.
 */
export type Samples = {
  kept: number[];
  /** What is not kept and has no later time is taken for a repeat (see `keep`), UTC ms. */
  repeatsUntil: number;
};

/** What `keep` did: nothing, made a known sighting louder, took a new one, or met one that is too old to be kept. */
export type Kept = 'known' | 'louder' | 'new' | 'old';

const STRIDE = 3;

export const newSamples = (): Samples => ({ kept: [], repeatsUntil: Number.NEGATIVE_INFINITY });

export const copySamples = (samples: Samples): Samples => ({ ...samples, kept: samples.kept.slice() });

/**
 * Keeps a sighting, keyed by `time`: of two with one key the louder wins and the first received fixes `t`.
 * Only the newest `SAMPLES_MAX` of the last `LATE_MS` before `now` stay. Where the gateway's clock is ahead, a repeat of
 * one that went would come with a later `t` and look new; so what is no later than those that went so counts for one.
 */
export function keep(samples: Samples, time: number, t: number, rssi: number, now: number): Kept {
  const { kept } = samples;
  const oldest = now - LATE_MS;
  for (let i = kept.length - STRIDE; i >= 0; i -= STRIDE) {
    if (kept[i] === time) return kept[i + 1]! > oldest ? louder(kept, i, rssi) : 'known';
  }
  if (time <= samples.repeatsUntil) return 'known';
  if (t <= oldest) return 'old';
  const isFull = kept.length === STRIDE * SAMPLES_MAX;
  if (kept.length === 0) {
    // most gateways of a badge that walks hear it once: an array made whole has no room to spare
    samples.kept = [time, t, rssi];
    return 'new';
  }
  const isOld = isFull && isBefore(time, t, kept, 0);
  if (isOld) remember(samples, time, t);
  else if (isFull) remember(samples, kept[0]!, kept[1]!);
  if (isOld) return 'old';
  if (isFull || kept[0]! <= oldest) shift(kept);
  else kept.push(time, t, rssi);
  sink(kept, time, t, rssi);
  return 'new';
}

/** Are all so old that a repeat of them would be late? Then nothing needs them any more. */
export function areLate({ kept, repeatsUntil }: Samples, now: number): boolean {
  for (let i = 0; i < kept.length; i += STRIDE) if (kept[i]! > now - LATE_MS) return false;
  return repeatsUntil <= now - LATE_MS;
}

/** `t` of the newest sighting. */
export const newest = ({ kept }: Samples): number => kept[kept.length - 2] ?? Number.NEGATIVE_INFINITY;

/** The loudest of all that are kept, dBm: no quantile is louder. */
export function loudest({ kept }: Samples): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 2; i < kept.length; i += STRIDE) if (kept[i]! > most) most = kept[i]!;
  return most;
}

const sorted = new Int16Array(SAMPLES_MAX);

/** The nearest-rank quantile of the levels heard after `since` and up to `until` (UTC ms), dBm; NaN when there are none. */
export function quantileSince(
  { kept }: Samples,
  since: number,
  quantile: number,
  until = Number.POSITIVE_INFINITY,
): number {
  let n = 0;
  for (let i = kept.length - STRIDE; i >= 0 && kept[i + 1]! > since; i -= STRIDE) {
    if (kept[i + 1]! > until) continue;
    const rssi = kept[i + 2]!;
    let at = n++;
    for (; at > 0 && sorted[at - 1]! > rssi; at -= 1) sorted[at] = sorted[at - 1]!;
    sorted[at] = rssi;
  }
  return n === 0 ? Number.NaN : sorted[Math.ceil(n * quantile) - 1]!;
}

function louder(kept: number[], i: number, rssi: number): Kept {
  if (kept[i + 2]! >= rssi) return 'known';
  kept[i + 2] = rssi;
  return 'louder';
}

const isBefore = (time: number, t: number, kept: number[], i: number): boolean =>
  t < kept[i + 1]! || (t === kept[i + 1]! && time < kept[i]!);

/** That one went. One that is marked ahead is not remembered: a clock put right would go unheard for as long. */
function remember(samples: Samples, time: number, t: number): void {
  if (t < time && time - t <= AHEAD_MARK_MS && time > samples.repeatsUntil) samples.repeatsUntil = time;
}

/** Leaves room at the end. By hand: `copyWithin` of a plain array is slower than all the rest. */
function shift(kept: number[]): void {
  for (let i = STRIDE; i < kept.length; i += 1) kept[i - STRIDE] = kept[i]!;
}

/** The sighting that the last place is free for goes to its place in the order. */
function sink(kept: number[], time: number, t: number, rssi: number): void {
  let i = kept.length - STRIDE;
  for (; i > 0 && isBefore(time, t, kept, i - STRIDE); i -= STRIDE) {
    for (let k = 0; k < STRIDE; k += 1) kept[i + k] = kept[i + k - STRIDE]!;
  }
  kept[i] = time;
  kept[i + 1] = t;
  kept[i + 2] = rssi;
}

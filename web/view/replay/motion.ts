import type { Motion } from './clock.ts';
import { type Loaded, MINUTE_MS } from './load.ts';
import { pastGap } from './past-gap.ts';
import type { ReplayState } from './state.ts';

/** Seconds are looked at when they can be told apart. */
export const isFine = ({ rate, isPlaying }: ReplayState, at: number): boolean =>
  rate < 60 || (!isPlaying && at % MINUTE_MS !== 0);

/** How the cursor moves through what is read. */
export function motionOf(
  { rate, isBackwards, loop, skipsGaps }: ReplayState,
  { book, known }: Pick<Loaded, 'book' | 'known'>,
): Motion {
  const past: Motion['past'] = skipsGaps ? (time, way) => pastGap(book, time, way) : (time) => time;
  return { rate: isBackwards ? -rate : rate, from: book.from, until: known, loop, past };
}

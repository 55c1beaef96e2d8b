import type { Motion } from './clock.ts';
import { type Loaded, MINUTE_MS } from './load.ts';
import { loopWithin } from './loop.ts';
import { pastGap } from './past-gap.ts';
import type { Place } from './rooms.ts';
import type { ReplayState } from './state.ts';

/** Seconds are looked at when they can be told apart. */
export const isFine = ({ rate, isPlaying, bySecond }: Looked, at: number): boolean =>
  rate < 60 || (!isPlaying && (bySecond || at % MINUTE_MS !== 0));

type Looked = Pick<ReplayState, 'rate' | 'isPlaying' | 'bySecond'>;

/** What a picture is of: a minute, a second, or, until that is read, the mean of its minute. */
export type Sight = 'minute' | 'second' | 'mean';

/** `place`: the second that was asked for, if it is read. */
export const sightOf = (state: Looked, at: number, place: Place | null): Sight => {
  if (!isFine(state, at)) return 'minute';
  return place ? 'second' : 'mean';
};

/** How the cursor moves through what is read. */
export function motionOf(
  { rate, isBackwards, loop, skipsGaps }: ReplayState,
  { book, known }: Pick<Loaded, 'book' | 'known'>,
): Motion {
  const past: Motion['past'] = skipsGaps ? (time, way) => pastGap(book, time, way) : (time) => time;
  return {
    rate: isBackwards ? -rate : rate,
    from: book.from,
    until: known,
    loop: loopWithin(loop, { book, known }),
    past,
  };
}

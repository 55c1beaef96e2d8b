import { drawOf } from '../../../services/simulate/random.ts';

/** Numbers of a seed, one after another: the same seed throws the same. */
export type Dice = {
  /** from `from`, below `until` */
  between(from: number, until: number): number;
  whole(from: number, until: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
};

/** `name` keeps apart what is thrown for different ends: more messages change no fault. */
export function diceOf(seed: number, name: string): Dice {
  const draw = drawOf(seed, name);
  let thrown = 0;
  const between = (from: number, until: number) => from + draw(thrown++) * (until - from);
  const whole = (from: number, until: number) => Math.floor(between(from, until));
  return {
    between,
    whole,
    chance: (share) => between(0, 1) < share,
    pick: (list) => list[whole(0, list.length)]!,
  };
}

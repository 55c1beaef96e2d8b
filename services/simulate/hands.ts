import type { Applause } from './applause.ts';
import { GAUGE_S } from './cast.ts';
import { isWalking, SITTING, stayAt } from './diary.ts';
import { hash, saltOf } from './random.ts';
import type { Scene } from './scene.ts';

const DAY_S = 86_400;
/** A badge takes a movement for a clap once in so many seconds: of who sits, stands, walks. */
const SITTING_S = 80;
const STANDING_S = 11;
const WALKING_S = 4;
/** A gauge is a byte. */
const GAUGE_MAX = 255;

/** What hands do, and what an accelerometer takes for it. Seconds of the scene's day. */
export type Hands = {
  /** how often a person claps in a second */
  claps(person: number, second: number): number;
  /** how many claps their badge counts because they move */
  shakes(person: number, second: number): number;
  /** what a badge says: claps and shakes of the last ten seconds that were whole for it */
  gauge(person: number, second: number, phase: number): number;
};

export function createHands(seed: number, applause: Applause, { diary }: Scene): Hands {
  const salt = saltOf(seed, 'shakes');

  function claps(person: number, second: number): number {
    const ofDay = second % DAY_S;
    const stay = stayAt(diary, person, ofDay);
    const session = diary.session[stay]!;
    return session < 0 || isWalking(diary, stay, ofDay) ? 0 : applause.claps(person, session, second);
  }

  function shakes(person: number, second: number): number {
    const ofDay = second % DAY_S;
    const stay = stayAt(diary, person, ofDay);
    const still = diary.posture[stay] === SITTING ? SITTING_S : STANDING_S;
    const seconds = isWalking(diary, stay, ofDay) ? WALKING_S : still;
    return hash(salt, person, second) % seconds === 0 ? 1 : 0;
  }

  return {
    claps,
    shakes,
    gauge(person, second, phase) {
      const until = second - ((second - phase + GAUGE_S) % GAUGE_S);
      // yesterday's page is turned: nobody claps at midnight
      const from = Math.max(until - GAUGE_S, second - (second % DAY_S));
      let sum = 0;
      for (let at = from; at < until; at += 1) sum += claps(person, at) + shakes(person, at);
      return Math.min(GAUGE_MAX, sum);
    },
  };
}

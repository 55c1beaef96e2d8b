import type { Crowd } from '../crowd.ts';
import { LAST_DAY } from '../programme.ts';
import { HOUR_S, MINUTE_S } from './life.ts';

/** Who sleeps in the house; who comes on day 0, and on each of the others. */
const GUESTS = 0.6;
const COMES = [0.33, 0.98, 0.98, 0.98];
/** Who comes late in the morning, hours of the day from and until when; and who leaves early. */
const LATE = 0.075;
const LATE_FROM = 9.5;
const LATE_UNTIL = [0, 11.5, 10.6, 10.6];
const EARLY = 0.06;
const EARLY_LAST_DAY = 0.2;
/** Most are there at the opening of day 1, and over the first coffee of the others. Then some go into town until the evening. */
const INTO_TOWN = [null, { from: 9.5, share: 0.1 }, { from: 11, share: 0.045 }, { from: 11, share: 0.045 }];
const BACK_S = 18.5 * HOUR_S;

/** When people of the conference come and go, in seconds of the day. */
export type Hours = {
  isGuest(person: number): boolean;
  /** null: not on that day */
  comes(person: number, day: number): number | null;
  goes(person: number, day: number): number;
  /** when they go into town, and are back; null: they stay */
  outing(person: number, day: number): { from: number; until: number } | null;
};

export function createHours(crowd: Crowd): Hours {
  const sleeps = crowd.draw('sleeps');
  const attends = crowd.draw('attends');
  const arrives = crowd.draw('arrives');
  const leaves = crowd.draw('leaves');
  const town = crowd.spread('into town');
  return {
    isGuest: (person) => sleeps(person) < GUESTS,
    comes(person, day) {
      if (day < 0 || day > LAST_DAY || attends(person, day) > COMES[day]!) return null;
      const share = arrives(person, day);
      if (day === 0) return (12.6 + share * 5.1) * HOUR_S;
      if (arrives(person, day, 1) < LATE)
        return (LATE_FROM + Math.sqrt(share) * (LATE_UNTIL[day]! - LATE_FROM)) * HOUR_S;
      // on day 1 most come just before the opening
      if (day === 1) return 8 * HOUR_S + Math.sqrt(share) * 52 * MINUTE_S;
      return 8.3 * HOUR_S + share * 72 * MINUTE_S;
    },
    goes(person, day) {
      const share = leaves(person, day);
      if (day < LAST_DAY) return share < EARLY ? (15 + share * 30) * HOUR_S : (22.9 + share / 3) * HOUR_S;
      return (share < EARLY_LAST_DAY ? 13.2 + share * 14 : 17.05 + share / 2) * HOUR_S;
    },
    outing(person, day) {
      const out = INTO_TOWN[day];
      return out && town(person, day) < out.share ? { from: out.from * HOUR_S, until: BACK_S } : null;
    },
  };
}

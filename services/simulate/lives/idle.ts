import { areaOf, TERRACE } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { SITTING, STANDING } from '../diary.ts';
import { gone } from '../spots.ts';
import { type Places, type Today, visit } from './life.ts';

/** Where people are who have nothing to do, in percent; the rest is on the terrace. */
const SEATED = [
  ['lounge', 24],
  ['maginnes-1', 14],
  ['hotel-bar', 9],
  ['restaurant', 6],
] as const;
const AMID = [
  ['preassembly', 24],
  ['preassembly-1', 12],
] as const;

/** Spends time: the person goes where one goes, from a second of the day on. */
export type Idle = (today: Today, second: number, moment: number) => void;

export function createIdle(crowd: Crowd, { sit, amid }: Places): Idle {
  const where = crowd.draw('idle');
  const seated = SEATED.map(([room, share]) => ({ area: areaOf(room), share }));
  const standing = AMID.map(([room, share]) => ({ area: areaOf(room), share }));
  return (today, second, moment) => {
    let left = where(today.person, today.day, moment) * 100;
    for (const { area, share } of seated) {
      left -= share;
      if (left < 0) return visit(today, second, sit(today, area, moment), SITTING);
    }
    for (const { area, share } of standing) {
      left -= share;
      if (left < 0) return visit(today, second, amid(today, area, moment), STANDING);
    }
    visit(today, second, gone(TERRACE), STANDING);
  };
}

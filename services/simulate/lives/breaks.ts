import { areaOf } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { SITTING, STANDING } from '../diary.ts';
import { midnightOf, type Slot, sessions } from '../programme.ts';
import type { Spend } from './attend.ts';
import type { Idle } from './idle.ts';
import { HOUR_S, MINUTE_S, type Places, type Today, visit } from './life.ts';

/** Groups that take their coffee in the larger room; people who take none. */
const LARGER = 0.7;
const NO_COFFEE = 0.2;
/** Guests of the hotel who have breakfast, people who lunch in the restaurant. */
const BREAKFASTS = 0.6;
const LUNCHES = 0.7;

const ofDay = ({ day, from, until }: Slot) => {
  const midnight = midnightOf(day);
  return { from: from - midnight, until: until - midnight };
};

/** Coffee: to one's group, then to others, or elsewhere. */
export function createCoffee(crowd: Crowd, { amid }: Places, idle: Idle): Spend {
  const draw = crowd.draw('coffee');
  const goes = crowd.spread('coffee of a group');
  const rooms = [areaOf('preassembly'), areaOf('preassembly-1')] as const;
  return (today, slot) => {
    const { person, group } = today;
    const { from, until } = ofDay(slot);
    const begins = Math.max(today.free, from);
    if (draw(person, slot.from) < NO_COFFEE) idle(today, begins, slot.from);
    else visit(today, begins, amid(today, rooms[goes(group, slot.from) < LARGER ? 0 : 1], slot.from), STANDING);
    const moves = begins + (5 + draw(person, slot.from, 1) * 8) * MINUTE_S;
    const next = draw(person, slot.from, 2);
    if (moves < until - 6 * MINUTE_S && next < 0.5)
      visit(today, moves, amid(today, rooms[next / 0.5 < LARGER ? 0 : 1], slot.from + 1), STANDING);
    else if (moves < until - 6 * MINUTE_S && next < 0.7) idle(today, moves, slot.from + 1);
    today.free = Math.max(begins, until - 3 * MINUTE_S);
  };
}

/** A meal with one's group; who sleeps elsewhere has had breakfast. */
export function createMeal(crowd: Crowd, { sit }: Places, idle: Idle, isGuest: (person: number) => boolean): Spend {
  const draw = crowd.draw('meal');
  const goes = crowd.spread('meal of a group');
  const restaurant = areaOf('restaurant');

  /** Of two sittings a group takes one. */
  const isTheirs = (group: number, slot: Slot): boolean =>
    slot.sitting === 0 || goes(group, slot.day, 1) < 0.5 === (slot.sitting === 1);

  function eats({ person, group }: Today, slot: Slot): boolean {
    const isEarly = ofDay(slot).from < 10 * HOUR_S;
    if (isEarly) return isGuest(person) && draw(person, slot.from) < BREAKFASTS;
    return isTheirs(group, slot) && goes(group, slot.from) < LUNCHES;
  }

  return (today, slot) => {
    if (!eats(today, slot)) return;
    const { from, until } = ofDay(slot);
    const isEarly = from < 10 * HOUR_S;
    const lasts = (isEarly ? 12 : 22 + draw(-1 - today.group, slot.from, 1) * 13) * MINUTE_S;
    const spare = until - from - lasts - 8 * MINUTE_S;
    const begins = Math.max(today.free, from + (isEarly ? 0 : draw(-1 - today.group, slot.from, 2) * spare));
    if (begins + lasts > until + 6 * MINUTE_S) return;
    visit(today, begins, sit(today, restaurant, slot.from), SITTING);
    today.free = begins + lasts;
    if (isEarly) return;
    idle(today, today.free, slot.from);
    today.free += 4 * MINUTE_S;
  };
}

/** Dinner and what comes after it: with one's group, or not at all. */
export function createSocial(crowd: Crowd, { sit }: Places, home: (today: Today, second: number) => void): Spend {
  const draw = crowd.draw('social');
  const goes = crowd.spread('evening of a group');
  return (today, slot) => {
    const { from } = ofDay(slot);
    let left = goes(today.group, slot.from) * 100;
    const chosen = slot.sessions.find((index) => {
      left -= sessions[index]!.share;
      return left < 0;
    });
    const begins = Math.max(today.free, from + draw(-1 - today.group, slot.from, 1) * 25 * MINUTE_S);
    today.free = begins;
    if (chosen === undefined) return home(today, begins - 10 * MINUTE_S);
    const { room, until } = sessions[chosen]!;
    visit(today, begins, sit(today, areaOf(room), slot.from), SITTING);
    today.free = until - midnightOf(today.day) - draw(-1 - today.group, slot.from, 2) * 25 * MINUTE_S;
  };
}

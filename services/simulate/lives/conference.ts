import { areaOf, OUTSIDE, UPSTAIRS } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { openPage, SITTING, STANDING } from '../diary.ts';
import { type Kind, LAST_DAY, type Slot, secondOf, slots } from '../programme.ts';
import { gone, type Spot, seatsIn, standing } from '../spots.ts';
import { createAttend, type Spend } from './attend.ts';
import { createCoffee, createMeal, createSocial } from './breaks.ts';
import { createIdle } from './idle.ts';
import { createPlaces, HOUR_S, type Life, MINUTE_S, type Today, visit } from './life.ts';

/** Who sleeps in the house; who comes on day 0, and on each of the others. */
const GUESTS = 0.6;
const COMES = [0.33, 0.965, 0.965, 0.965];
/** Who comes late in the morning. */
const LATE = 0.075;
const DINNER_S = 19 * HOUR_S;

/** How people spend the days of the conference. */
export function conferenceLife(crowd: Crowd): Life {
  const [sleeps, attends, arrives, leaves] = ['sleeps', 'attends', 'arrives', 'leaves'].map(crowd.draw) as [
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
  ];
  const isGuest = (person: number): boolean => sleeps(person) < GUESTS;
  const homeOf = (person: number): Spot => gone(isGuest(person) ? UPSTAIRS : OUTSIDE);
  const places = createPlaces(crowd);
  const idle = createIdle(crowd, places);
  const goHome = (today: Today, second: number) => visit(today, second, homeOf(today.person), STANDING);
  const attend = createAttend(crowd, places, idle);
  const spend: Record<Kind, Spend> = {
    talk: attend,
    workshop: attend,
    break: createCoffee(crowd, places, idle),
    meal: createMeal(crowd, places, idle, isGuest),
    social: createSocial(crowd, places, goHome),
    registration: () => {},
  };

  function comes(person: number, day: number): number | null {
    if (day < 0 || day > LAST_DAY || attends(person, day) > COMES[day]!) return null;
    const share = arrives(person, day);
    if (day === 0) return 12.6 * HOUR_S + share * 5.1 * HOUR_S;
    if (arrives(person, day, 1) < LATE) return (9.5 + share * 2) * HOUR_S;
    return day === 1 ? 8 * HOUR_S + Math.sqrt(share) * 52 * MINUTE_S : 8.3 * HOUR_S + Math.sqrt(share) * 72 * MINUTE_S;
  }

  function goes(person: number, day: number): number {
    const share = leaves(person, day);
    if (day < LAST_DAY) return share < 0.06 ? (15 + share * 30) * HOUR_S : (22.9 + share / 3) * HOUR_S;
    return (share < 0.2 ? 13.2 + share * 14 : 17.05 + share / 2) * HOUR_S;
  }

  /** On the first day the badge is fetched. Returns when that is done. */
  function fetchBadge(today: Today): void {
    const { person, day, comes } = today;
    if (!(day === 0 || (day === 1 && attends(person, 0) > COMES[0]!))) return;
    const desk = areaOf(day === 0 ? 'hotel-checkin' : 'reception');
    visit(today, comes, standing(desk, Math.floor(arrives(person, day, 2) * seatsIn(desk)), person), STANDING);
    today.free = comes + (1.5 + arrives(person, day, 3) * 3) * MINUTE_S;
  }

  /** On day 0, and between the programme and dinner: a while here, a while there, or upstairs. */
  function wander(today: Today): void {
    for (let moment = 0; today.free < DINNER_S - 10 * MINUTE_S; moment += 1) {
      if (leaves(today.person, today.day, 10 + moment) < 0.5) goHome(today, today.free);
      else if (leaves(today.group, today.day, 30) < 0.3)
        visit(today, today.free, places.sit(today, areaOf('lounge'), moment), SITTING);
      else idle(today, today.free, moment);
      today.free += (25 + arrives(today.person, today.day, 10 + moment) * 40) * MINUTE_S;
    }
  }

  function use(today: Today, slot: Slot): void {
    const midnight = secondOf(today.day, '00:00');
    const [from, until] = [slot.from - midnight, slot.until - midnight];
    if (slot.kind === 'social' && from === DINNER_S) wander(today);
    const isOver = until < today.free + 5 * MINUTE_S;
    const isElsewhere = today.ended > from + 5 * MINUTE_S;
    if (!isOver && !isElsewhere && from < today.goes - 10 * MINUTE_S) spend[slot.kind](today, slot);
  }

  return {
    comes,
    write(diary, person, day) {
      openPage(diary, person, homeOf(person));
      const coming = comes(person, day);
      if (coming === null) return;
      const [group, member] = [crowd.group[person]!, crowd.member[person]!];
      const today = {
        diary,
        person,
        group,
        member,
        day,
        comes: coming,
        goes: goes(person, day),
        free: coming,
        session: -1,
        ended: 0,
      };
      fetchBadge(today);
      for (const slot of slots[day]!) use(today, slot);
      goHome(today, Math.max(today.goes, today.free));
    },
  };
}

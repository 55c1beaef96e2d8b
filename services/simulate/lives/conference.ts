import { areaOf, OUTSIDE, UPSTAIRS } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { openPage, SITTING, STANDING } from '../diary.ts';
import { type Kind, midnightOf, type Slot, slots } from '../programme.ts';
import { gone, type Spot, seatsIn, standing } from '../spots.ts';
import { createAttend, type Spend } from './attend.ts';
import { createCoffee, createMeal, createSocial } from './breaks.ts';
import { createHours, type Hours } from './hours.ts';
import { createIdle, type Idle } from './idle.ts';
import { createPlaces, HOUR_S, type Life, MINUTE_S, type Places, type Today, visit } from './life.ts';

const DINNER_S = 19 * HOUR_S;
/** With time on their hands so many go upstairs or home; of the others so many groups sit in the lounge. */
const GO_HOME = 0.4;
const LOUNGE = 0.18;

/** How people spend the days of the conference. */
export function conferenceLife(crowd: Crowd): Life {
  const hours = createHours(crowd);
  const places = createPlaces(crowd);
  const idle = createIdle(crowd, places);
  const homeOf = (person: number): Spot => gone(hours.isGuest(person) ? UPSTAIRS : OUTSIDE);
  const goHome: Leave = (today, second) => visit(today, second, homeOf(today.person), STANDING);
  const attend = createAttend(crowd, places, idle, goHome);
  const fetchBadge = createFetching(crowd, hours);
  const wander = createWandering(crowd, places, idle, goHome);
  const spend: Record<Kind, Spend> = {
    talk: attend,
    workshop: attend,
    break: createCoffee(crowd, places, idle),
    meal: createMeal(crowd, places, idle, hours.isGuest),
    social: createSocial(crowd, places, goHome),
    registration: () => {},
  };

  function goIntoTown(today: Today, from: number): void {
    const outing = hours.outing(today.person, today.day);
    if (!outing || from < outing.from || today.free >= outing.until) return;
    visit(today, today.free, gone(OUTSIDE), STANDING);
    today.free = outing.until;
  }

  function use(today: Today, slot: Slot): void {
    const midnight = midnightOf(today.day);
    const [from, until] = [slot.from - midnight, slot.until - midnight];
    goIntoTown(today, from);
    if (slot.kind === 'social' && from === DINNER_S) wander(today);
    const isOver = until < today.free + 5 * MINUTE_S;
    const isElsewhere = today.ended > from + 5 * MINUTE_S;
    if (!isOver && !isElsewhere && from < today.goes - 10 * MINUTE_S) spend[slot.kind](today, slot);
  }

  return {
    comes: hours.comes,
    stays: (person, day) => hours.comes(person, day) !== null && hours.outing(person, day) === null,
    write(diary, person, day) {
      openPage(diary, person, homeOf(person));
      const comes = hours.comes(person, day);
      if (comes === null) return;
      const who = { person, group: crowd.group[person]!, member: crowd.member[person]! };
      const today = { diary, ...who, day, comes, goes: hours.goes(person, day), free: comes, session: -1, ended: 0 };
      fetchBadge(today);
      for (const slot of slots[day]!) use(today, slot);
      goHome(today, Math.max(today.goes, today.free));
    },
  };
}

type Leave = (today: Today, second: number) => void;

/** On their first day people fetch their badge at a desk. */
function createFetching(crowd: Crowd, { comes }: Hours): (today: Today) => void {
  const draw = crowd.draw('fetches');
  return (today) => {
    const { person, day } = today;
    if (day > 1 || (day === 1 && comes(person, 0) !== null)) return;
    const desk = areaOf(day === 0 ? 'hotel-checkin' : 'reception');
    visit(today, today.comes, standing(desk, Math.floor(draw(person) * seatsIn(desk)), person), STANDING);
    today.free = today.comes + (1.5 + draw(person, 1) * 3) * MINUTE_S;
  };
}

/** Until dinner: a while here, a while there, or upstairs. */
function createWandering(crowd: Crowd, { sit }: Places, idle: Idle, goHome: Leave): (today: Today) => void {
  const draw = crowd.draw('wanders');
  return (today) => {
    const { person, group, day } = today;
    for (let moment = 0; today.free < DINNER_S - 10 * MINUTE_S; moment += 1) {
      if (draw(person, day, moment) < GO_HOME) goHome(today, today.free);
      else if (draw(-1 - group, day) < LOUNGE) visit(today, today.free, sit(today, areaOf('lounge'), moment), SITTING);
      else idle(today, today.free, moment);
      today.free += (25 + draw(person, day, -1 - moment) * 40) * MINUTE_S;
    }
  };
}

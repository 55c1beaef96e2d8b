import { areaOf, OUTSIDE } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { openPage, SITTING, STANDING } from '../diary.ts';
import { EMPTY_TUESDAY } from '../planted.ts';
import { gone } from '../spots.ts';
import { createIdle, type Idle } from './idle.ts';
import { createPlaces, HOUR_S, type Life, MINUTE_S, type Places, type Today, visit } from './life.ts';

/** Where the people of the house have their desks. */
const DESKS = ['maginnes', 'preassembly-1', 'mccurdy-2', 'mccurdy-3', 'reception', 'hotel-checkin', 'maginnes-1'];
/** Who is in on a working day, and who of them comes to Tuesday's meeting in the main hall. */
const IN = 0.94;
const MEETS = 0.92;
const MEETING = { weekday: 1, room: 'mccurdy-1', from: 9.5 * HOUR_S, until: 11.5 * HOUR_S };
const LUNCH_S = 12.25 * HOUR_S;
const SATURDAY = 5;

/** How the people of the house spend ordinary weeks; day 0 is a Monday. On `emptyDay` most stay away in the morning. */
export function weeksLife(crowd: Crowd, emptyDay: number): Life {
  const works = crowd.draw('works');
  const arrives = crowd.draw('arrives');
  const leaves = crowd.draw('leaves');
  const places = createPlaces(crowd);
  const work = createWorking(crowd, places, createIdle(crowd, places));
  const meet = createMeeting(crowd, places, work);

  function comes(person: number, day: number): number | null {
    if (day < 0 || day % 7 >= SATURDAY || works(person, day) > IN) return null;
    return (8.6 + arrives(person, day) * 0.6) * HOUR_S;
  }

  /** Out of the house before ten, and back at noon. */
  function stayAway(today: Today): void {
    const { person, day } = today;
    visit(today, EMPTY_TUESDAY.from - (1 + arrives(person, day, 1) * 3) * MINUTE_S, gone(OUTSIDE), STANDING);
    today.free = EMPTY_TUESDAY.until + arrives(person, day, 2) * 20 * MINUTE_S;
  }

  return {
    comes,
    stays: (person, day) => comes(person, day) !== null,
    write(diary, person, day) {
      openPage(diary, person);
      const coming = comes(person, day);
      if (coming === null) return;
      const [group, member] = [crowd.group[person]!, crowd.member[person]!];
      const goes = (16.6 + leaves(person, day) * 0.7) * HOUR_S;
      const today = { diary, person, group, member, day, comes: coming, goes, free: coming, session: -1, ended: 0 };
      meet(today);
      if (day === emptyDay && works(person, -1) > EMPTY_TUESDAY.share) stayAway(today);
      const lunch = LUNCH_S + leaves(-1 - group, day) * 40 * MINUTE_S;
      if (today.free < lunch - 10 * MINUTE_S) work(today, lunch);
      visit(today, today.free, places.sit(today, areaOf('restaurant'), day), SITTING);
      today.free += (25 + leaves(person, day, 1) * 15) * MINUTE_S;
      work(today, goes);
      visit(today, Math.max(goes, today.free), gone(OUTSIDE), STANDING);
    },
  };
}

/** Spends the time until a second at one's desk, with a walk to the coffee now and then. */
type Work = (today: Today, until: number) => void;

function createWorking(crowd: Crowd, { sit }: Places, idle: Idle): Work {
  const desk = crowd.draw('desk');
  const draw = crowd.draw('moves');
  return (today, until) => {
    const area = areaOf(DESKS[Math.floor(desk(today.person) * DESKS.length)]!);
    const toDesk = () => visit(today, today.free, sit(today, area, 0), SITTING);
    toDesk();
    for (;;) {
      const moment = Math.round(today.free);
      const leaves = today.free + (40 + draw(today.person, today.day, moment) * 70) * MINUTE_S;
      if (leaves > until - 15 * MINUTE_S) break;
      idle(today, leaves, moment);
      today.free = leaves + (5 + draw(today.person, today.day, -moment) * 7) * MINUTE_S;
      toDesk();
    }
    today.free = Math.max(today.free, until);
  };
}

function createMeeting(crowd: Crowd, { sit }: Places, work: Work): (today: Today) => void {
  const draw = crowd.draw('meets');
  return (today) => {
    const { person, day, free } = today;
    if (day % 7 !== MEETING.weekday || draw(person, day) > MEETS || free > MEETING.until - HOUR_S) return;
    const begins = Math.max(free, MEETING.from - draw(person, day, 1) * 5 * MINUTE_S);
    if (begins > free) work(today, begins);
    visit(today, begins, sit(today, areaOf(MEETING.room), day), SITTING);
    today.free = MEETING.until + draw(person, day, 2) * 3 * MINUTE_S;
  };
}

import { areaOf, OUTSIDE } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { openPage, SITTING, STANDING } from '../diary.ts';
import { EMPTY_TUESDAY } from '../planted.ts';
import { gone } from '../spots.ts';
import { createIdle } from './idle.ts';
import { createPlaces, HOUR_S, type Life, MINUTE_S, type Today, visit } from './life.ts';

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
  const [works, arrives, leaves, moves] = ['works', 'arrives', 'leaves', 'moves'].map(crowd.draw) as [
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
    ReturnType<Crowd['draw']>,
  ];
  const places = createPlaces(crowd);
  const idle = createIdle(crowd, places);
  const deskOf = (person: number): number => areaOf(DESKS[Math.floor(works(person) * DESKS.length)]!);
  const toDesk = (today: Today, second: number) =>
    visit(today, second, places.sit(today, deskOf(today.person), 0), SITTING);

  function comes(person: number, day: number): number | null {
    if (day < 0 || day % 7 >= SATURDAY || works(person, day + 1) > IN) return null;
    const isAway = day === emptyDay && works(person, -1) > EMPTY_TUESDAY.share;
    return isAway
      ? EMPTY_TUESDAY.until + arrives(person, day) * HOUR_S
      : 8.6 * HOUR_S + arrives(person, day) * 0.6 * HOUR_S;
  }

  /** Works from `free` until a second, with a walk to the coffee now and then. */
  function work(today: Today, until: number): void {
    toDesk(today, today.free);
    for (let moment = 0; ; moment += 1) {
      const leaving = today.free + (40 + moves(today.person, today.day, moment + today.free) * 70) * MINUTE_S;
      if (leaving > until - 15 * MINUTE_S) break;
      idle(today, leaving, Math.round(today.free));
      today.free = leaving + (5 + moves(today.person, today.day, moment) * 7) * MINUTE_S;
      toDesk(today, today.free);
    }
    today.free = Math.max(today.free, until);
  }

  function meet(today: Today): void {
    const { person, day, free } = today;
    if (day % 7 !== MEETING.weekday || moves(person, day) > MEETS || free > MEETING.until - HOUR_S) return;
    const begins = Math.max(free, MEETING.from - arrives(person, day, 1) * 5 * MINUTE_S);
    if (begins > free) work(today, begins);
    visit(today, begins, places.sit(today, areaOf(MEETING.room), day), SITTING);
    today.free = MEETING.until + leaves(person, day, 1) * 3 * MINUTE_S;
  }

  return {
    comes,
    write(diary, person, day) {
      openPage(diary, person);
      const coming = comes(person, day);
      if (coming === null) return;
      const [group, member] = [crowd.group[person]!, crowd.member[person]!];
      const goes = (16.6 + leaves(person, day) * 0.7) * HOUR_S;
      const today = { diary, person, group, member, day, comes: coming, goes, free: coming, session: -1, ended: 0 };
      meet(today);
      const lunch = LUNCH_S + leaves(group, day, 2) * 40 * MINUTE_S;
      if (today.free < lunch - 10 * MINUTE_S) work(today, lunch);
      visit(today, today.free, places.sit(today, areaOf('restaurant'), day), SITTING);
      today.free += (25 + leaves(person, day, 3) * 15) * MINUTE_S;
      work(today, goes);
      visit(today, Math.max(goes, today.free), gone(OUTSIDE), STANDING);
    },
  };
}

import { areaOf, TERRACE } from '../areas.ts';
import type { Crowd } from '../crowd.ts';
import { SITTING, STANDING } from '../diary.ts';
import { MERGED, PARTS } from '../house.ts';
import { midnightOf, type Session, type Slot, sessions } from '../programme.ts';
import { gone, type Spot } from '../spots.ts';
import type { Idle } from './idle.ts';
import { HOUR_S, MINUTE_S, type Places, type Today, visit } from './life.ts';

/** Nobody gets up before the applause is over, or goes in before the last of them are out. */
const APPLAUSE_S = 22;
const LINGERS_S = 110;
/** Those who go where their group goes, whatever they would like better. */
const TOGETHER = 0.75;
/** Those who stay for the next talk in the same room; and how many of a talk's share still come in from outside. */
const STAYS = 0.93;
const COMES_IN = 0.45;
/** Those who leave a session for a coffee or a call, and come back. */
const GOES_OUT = 0.08;
/** Those who come when it has begun. */
const LATE = 0.12;
/** Those who attend nothing and are at home, or in their room, meanwhile. */
const AWAY = 0.1;

const HALVES = PARTS.map(areaOf) as [number, number];
/** The part of the hall where more people sit. */
const FRONT_HALF = 0.55;
const AFTERNOON_S = 13 * HOUR_S;

/** What somebody does with a slot of the programme. */
export type Spend = (today: Today, slot: Slot) => void;

/** Goes to the session of a slot that their group, or they, like best, or to none. */
export function createAttend(
  crowd: Crowd,
  places: Places,
  idle: Idle,
  home: (today: Today, second: number) => void,
): Spend {
  const theirs = crowd.spread('choice of a group');
  const own = crowd.spread('own choice');
  const together = crowd.draw('together');
  const stays = crowd.draw('stays');
  const enters = crowd.draw('enters');
  const lingers = crowd.draw('lingers');
  const goesOut = crowd.draw('goes out');
  const half = crowd.spread('half');
  const away = crowd.draw('away');

  function choose({ person, group, session }: Today, slot: Slot): number | null {
    const last = sessions[session];
    const next = slot.sessions.find((index) => sessions[index]!.room === last?.room);
    if (slot.isSequel && next !== undefined && last?.until === slot.from && stays(person, slot.from) < STAYS)
      return next;
    const isTogether = together(person, slot.from) < TOGETHER;
    const choice = isTogether ? theirs(group, slot.from) : own(person, slot.from);
    let left = choice * (slot.isSequel ? 100 / COMES_IN : 100);
    for (const index of slot.sessions) {
      left -= sessions[index]!.share;
      if (left < 0) return index;
    }
    return null;
  }

  function seatFor(today: Today, { room, from, day }: Session): Spot {
    const block = day * 2 + (from - midnightOf(day) > AFTERNOON_S ? 1 : 0);
    const isFront = half(today.group, block) < FRONT_HALF;
    return places.sit(today, room === MERGED ? HALVES[isFront ? 0 : 1] : areaOf(room), block);
  }

  function goOut(today: Today, slot: Slot, from: number, until: number): void {
    const room = until - from - 14 * MINUTE_S;
    if (room < 8 * MINUTE_S || goesOut(today.person, slot.from) > GOES_OUT) return;
    const leaves = from + 4 * MINUTE_S + goesOut(today.person, slot.from, 1) * room;
    const { session } = today;
    visit(today, leaves, places.amid(today, areaOf('preassembly'), slot.from), STANDING);
    visit(today, leaves + (2 + goesOut(today.person, slot.from, 2) * 5) * MINUTE_S, gone(TERRACE), STANDING);
    visit(today, 0, seatFor(today, sessions[session]!), SITTING, session);
  }

  function comesAt(today: Today, slot: Slot, begins: number, index: number | null): number {
    const room = index === null ? null : sessions[index]!.room;
    const isInUse = sessions.some((one) => one.until === slot.from && one.room === room);
    const share = enters(today.person, slot.from);
    const after = share < 1 - LATE ? -330 + share * 400 : ((share - 1 + LATE) / LATE) * 8 * MINUTE_S;
    return Math.max(today.free, begins + Math.max(after, isInUse ? APPLAUSE_S + LINGERS_S : after));
  }

  return (today, slot) => {
    const midnight = midnightOf(today.day);
    const index = choose(today, slot);
    const comes = comesAt(today, slot, slot.from - midnight, index);
    if (index === null) {
      today.session = -1;
      if (away(today.person, slot.from) < AWAY) home(today, comes);
      else idle(today, comes, slot.from);
      today.free = Math.max(comes, slot.until - midnight - 5 * MINUTE_S);
      return;
    }
    const ends = sessions[index]!.until - midnight;
    today.session = index;
    today.ended = ends;
    visit(today, comes, seatFor(today, sessions[index]!), SITTING, index);
    goOut(today, slot, comes, ends);
    today.free = ends + APPLAUSE_S + lingers(today.person, slot.from) * LINGERS_S;
  };
}

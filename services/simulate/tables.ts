import { areaOf } from './areas.ts';
import type { Crowd } from './crowd.ts';
import { createDiary, type Diary, isWalking, stayAt, whereIs } from './diary.ts';
import { LOST, PARKED } from './planted.ts';
import type { Story } from './story.ts';
import type { Where } from './ways.ts';

const DAY_S = 86_400;
/** People that are looked at for somebody who will forget a badge. */
const TRIED_MAX = 2000;

/** A badge that lies on a table, and where. Seconds; `until` is no longer in. */
export type Table = { from: number; until: number; where: Where };

/** Who leaves a badge lying: people that sit where it is to be left, at that time. */
export function layTables(story: Story, crowd: Crowd, candidates: readonly number[]): Map<number, Table> {
  const diary = createDiary(crowd.people);
  const day = Math.floor(PARKED.from / DAY_S);
  const tables = new Map<number, Table>();
  const tried = candidates.slice(0, TRIED_MAX);
  for (const person of tried) story.life.write(diary, person, day);
  const sitting = (room: string, second: number) =>
    tried.filter((person) => !tables.has(person) && sits(diary, person, second - day * DAY_S, areaOf(room)));
  const lay = (person: number, from: number, until: number) =>
    tables.set(person, { from, until, where: place(diary, person, from - day * DAY_S) });
  for (const person of sitting(PARKED.room, PARKED.from).slice(0, PARKED.badges))
    lay(person, PARKED.from, PARKED.until);
  for (const person of sitting(LOST.room, LOST.from).slice(0, 1)) lay(person, LOST.from, Number.POSITIVE_INFINITY);
  return tables;
}

function sits(diary: Diary, person: number, second: number, area: number): boolean {
  const stay = stayAt(diary, person, second);
  return diary.area[stay] === area && !isWalking(diary, stay, second);
}

function place(diary: Diary, person: number, second: number): Where {
  const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };
  whereIs(diary, person, second, where);
  return where;
}

import { OUTSIDE } from './areas.ts';
import { gone, type Spot } from './spots.ts';
import { areaFloor, lengthOf, PACE, type Where, walk, wayBetween } from './ways.ts';

export const SITTING = 0;
export const STANDING = 1;
/** A stay that belongs to no session. */
export const NO_SESSION = -1;

/** Stays of one person on one day at most. */
const STAYS_MAX = 48;
/** Who has arrived stays so many seconds at least. */
const STAY_MIN_S = 5;

/**
 * Who goes where on one day: a page of stays for each person. A stay begins when they set out for its spot, `walks`
 * seconds before they are there. Columns instead of objects: 100,000 people have two million stays a day.
 */
export type Diary = {
  count: Uint8Array;
  /** the stay that was last asked for: most questions are about the same one again */
  hint: Uint8Array;
  from: Int32Array;
  walks: Uint16Array;
  area: Uint8Array;
  posture: Uint8Array;
  session: Int16Array;
  x: Float32Array;
  y: Float32Array;
  dx: Float32Array;
  dy: Float32Array;
};

export function createDiary(people: number): Diary {
  const size = people * STAYS_MAX;
  return {
    count: new Uint8Array(people),
    hint: new Uint8Array(people),
    from: new Int32Array(size),
    walks: new Uint16Array(size),
    area: new Uint8Array(size),
    posture: new Uint8Array(size),
    session: new Int16Array(size),
    x: new Float32Array(size),
    y: new Float32Array(size),
    dx: new Float32Array(size),
    dy: new Float32Array(size),
  };
}

/** Begins the page of a person: there from the first second of the day. */
export function openPage(diary: Diary, person: number, spot: Spot = gone(OUTSIDE)): void {
  diary.count[person] = 1;
  diary.hint[person] = 0;
  write(diary, person * STAYS_MAX, 0, 0, spot, STANDING, NO_SESSION);
}

/** The person sets out for a spot at a second of the day, or as soon after it as they have arrived elsewhere. */
export function go(
  diary: Diary,
  person: number,
  second: number,
  spot: Spot,
  posture: number,
  session = NO_SESSION,
): void {
  const { count, from, walks, area, x, y } = diary;
  const last = lastStay(diary, person);
  if (count[person] === STAYS_MAX)
    throw new RangeError(`expected at most ${STAYS_MAX} stays a day of person ${person}`);
  const metres = lengthOf(x[last]!, y[last]!, wayBetween(area[last]!, spot.area), spot.x, spot.y);
  const earliest = from[last]! + walks[last]! + STAY_MIN_S;
  const departs = Math.max(earliest, Math.round(second));
  write(diary, last + 1, departs, Math.ceil(metres / PACE), spot, posture, session);
  count[person]! += 1;
}

function write(diary: Diary, stay: number, from: number, walks: number, spot: Spot, posture: number, session: number) {
  diary.from[stay] = from;
  diary.walks[stay] = walks;
  diary.area[stay] = spot.area;
  diary.x[stay] = spot.x;
  diary.y[stay] = spot.y;
  diary.dx[stay] = spot.dx;
  diary.dy[stay] = spot.dy;
  diary.posture[stay] = posture;
  diary.session[stay] = session;
}

const lastStay = (diary: Diary, person: number): number => person * STAYS_MAX + diary.count[person]! - 1;

/** The stay that a person is in, or on the way to, at a second of the day. */
export function stayAt(diary: Diary, person: number, second: number): number {
  const { from, hint } = diary;
  const first = person * STAYS_MAX;
  const last = lastStay(diary, person);
  let stay = first + hint[person]!;
  while (stay < last && from[stay + 1]! <= second) stay += 1;
  while (stay > first && from[stay]! > second) stay -= 1;
  hint[person] = stay - first;
  return stay;
}

export const isWalking = (diary: Diary, stay: number, second: number): boolean =>
  second - diary.from[stay]! < diary.walks[stay]!;

/** Writes into `where` where a person is at a second of the day. */
export function whereIs(diary: Diary, person: number, second: number, where: Where): void {
  const { from, walks, area, x, y, dx, dy } = diary;
  const stay = stayAt(diary, person, second);
  const since = second - from[stay]!;
  const at = since < walks[stay]! ? stay - 1 : stay;
  where.area = area[at]!;
  where.floor = areaFloor(area[at]!);
  where.x = x[at]!;
  where.y = y[at]!;
  where.dx = dx[at]!;
  where.dy = dy[at]!;
  if (at === stay) return;
  const way = wayBetween(area[at]!, area[stay]!);
  if (way.length > 0) where.floor = way[0]!.floor;
  walk(where, way, x[stay]!, y[stay]!, since * PACE);
}

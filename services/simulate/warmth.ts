import { areas, ROOMS } from './areas.ts';

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** °C at night, and by day when nobody is there. */
const NIGHT = 19.4;
const DAY = 21;
/** What ten people add, °C, and what no crowd exceeds: the air is changed. */
const TEN_PEOPLE = 0.4;
const PEOPLE_MAX = 3.2;
/** Warmth of people comes and goes with this lag; after an hour nothing of it is felt. */
const LAG_MIN = 20;
/** Minutes of the past that matter to a room, and that are remembered of it: a frozen badge tells of them. */
export const FELT_MIN = 60;
export const KEPT_MIN = 128;
/** Rooms in the west, and what the afternoon's sun adds, °C. */
const WEST = ['maginnes', 'maginnes-1', 'lounge', 'restaurant'];
const SUN = 1.8;
const SUN_FROM_S = 13.5 * HOUR_S;
const SUN_UNTIL_S = 17.5 * HOUR_S;
const MORNING_S = 7 * HOUR_S;
const EVENING_S = 22 * HOUR_S;
const TURN_S = 2 * HOUR_S;

/** How warm it is where, minute by minute, as people come and go. */
export type Warmth = {
  /** People by area in a minute (its number); minutes come in turn. */
  tell(minute: number, people: Int32Array): void;
  /** °C of an area at a second, of the last `KEPT_MIN` minutes. */
  at(area: number, second: number): number;
  /** People in a room, as its air remembers them. */
  crowd(area: number, second: number): number;
};

const weights = weightsOf();
const isWest = areas.map(({ id }) => WEST.includes(id));

export function createWarmth(): Warmth {
  const people = Array.from({ length: FELT_MIN }, () => new Int32Array(areas.length));
  const felt = Array.from({ length: KEPT_MIN }, () => new Float64Array(areas.length));
  const crowd = (area: number, second: number): number =>
    area < ROOMS ? felt[Math.floor(second / MINUTE_S) % KEPT_MIN]![area]! : 0;
  return {
    tell(minute, now) {
      people[minute % FELT_MIN]!.set(now);
      const row = felt[minute % KEPT_MIN]!;
      for (let area = 0; area < ROOMS; area += 1) {
        let sum = 0;
        for (let ago = 0; ago < FELT_MIN; ago += 1)
          sum += weights[ago]! * people[(minute - ago + FELT_MIN * 2) % FELT_MIN]![area]!;
        row[area] = sum;
      }
    },
    at: (area, second) => base(second) + sun(area, second) + warmed(crowd(area, second)),
    crowd,
  };
}

function weightsOf(): Float64Array {
  const raw = Float64Array.from({ length: FELT_MIN }, (_, ago) => Math.exp(-ago / LAG_MIN));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => weight / sum);
}

/** What so many people add: ten of them TEN_PEOPLE, more of them ever less. */
const warmed = (people: number): number => PEOPLE_MAX * (1 - Math.exp((-TEN_PEOPLE / 10 / PEOPLE_MAX) * people));

function base(second: number): number {
  const ofDay = second % DAY_S;
  const risen = Math.min(1, Math.max(0, (ofDay - MORNING_S) / TURN_S));
  const fallen = Math.min(1, Math.max(0, (ofDay - EVENING_S) / TURN_S));
  return NIGHT + (DAY - NIGHT) * (risen - fallen);
}

function sun(area: number, second: number): number {
  const ofDay = second % DAY_S;
  if (!isWest[area] || ofDay < SUN_FROM_S || ofDay > SUN_UNTIL_S) return 0;
  return SUN * Math.sin((Math.PI * (ofDay - SUN_FROM_S)) / (SUN_UNTIL_S - SUN_FROM_S)) ** 2;
}

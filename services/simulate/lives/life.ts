import type { Crowd } from '../crowd.ts';
import { type Diary, go, NO_SESSION } from '../diary.ts';
import { type Spot, seat, seatsIn, standing } from '../spots.ts';

export const MINUTE_S = 60;
export const HOUR_S = 3600;

/** How people spend their days. Pure: a day does not depend on the days before. */
export type Life = {
  /** Writes a person's page of a day (0, 1 …). */
  write(diary: Diary, person: number, day: number): void;
  /** When they come, in seconds of the day; null: not on that day. */
  comes(person: number, day: number): number | null;
  /** Do they come on that day, and spend it in the house? */
  stays(person: number, day: number): boolean;
};

/** A page while it is being written. All seconds are of the day. */
export type Today = {
  diary: Diary;
  person: number;
  group: number;
  member: number;
  day: number;
  comes: number;
  goes: number;
  /** nothing is planned from here on */
  free: number;
  /** the session that was attended last, and when it ended */
  session: number;
  ended: number;
};

/** The person of the page sets out. */
export function visit(today: Today, second: number, spot: Spot, posture: number, session = NO_SESSION): void {
  go(today.diary, today.person, second, spot, posture, session);
}

/** Places for people and their groups, drawn by name. `moment` tells one occasion from another. */
export type Places = {
  /** a seat beside one's group */
  sit(today: Today, area: number, moment: number): Spot;
  /** in a circle with one's group, or with whoever is there */
  amid(today: Today, area: number, moment: number): Spot;
};

/** Who stands with their own group rather than with others. */
const OWN_GROUP = 0.6;
/** People to a circle of strangers. */
const CIRCLE = 5;

export function createPlaces(crowd: Crowd): Places {
  const table = crowd.draw('table');
  const mingles = crowd.draw('mingles');
  const circles = 4 + crowd.people / CIRCLE;
  return {
    sit({ group, member }, area, moment) {
      return seat(area, Math.floor(table(group, area, moment) * seatsIn(area)) + member);
    },
    amid({ person, group }, area, moment) {
      const isOwn = mingles(person, moment) < OWN_GROUP;
      const circle = isOwn ? -1 - group : Math.floor(mingles(person, moment, 1) * circles);
      return standing(area, Math.floor(table(circle, area, moment) * seatsIn(area)), person);
    },
  };
}

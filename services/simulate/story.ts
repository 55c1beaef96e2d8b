import type { Crowd } from './crowd.ts';
import { conferenceLife } from './lives/conference.ts';
import type { Life } from './lives/life.ts';
import { weeksLife } from './lives/weeks.ts';
import type { Seconds } from './planted.ts';
import { merges, type Session, sessions } from './programme.ts';

const DAY_S = 86_400;
const WEEKS = 7;
/** In ordinary weeks the house is switched on from 7 to 18, Monday to Friday. */
const ON_S = 7 * 3600;
const OFF_S = 18 * 3600;
const SATURDAY = 5;

/** What happens in a world: whose life, which sessions, which wall is open. Seconds count from `epoch`. */
export type Story = {
  name: 'conference' | 'weeks';
  /** UTC ms of second 0, a local midnight */
  epoch: number;
  /** when it begins to be told */
  opens: number;
  life: Life;
  sessions: readonly Session[];
  merges: readonly Seconds[];
  /** gateways say that they live every so many seconds */
  beatSeconds: number;
  /** nobody is there, and nothing is switched on */
  isAsleep(second: number): boolean;
  /** things are planted: faults, an overfull room, a test alert */
  isPlanted: boolean;
};

/** The conference (`start`: local midnight of its day 1) or ordinary weeks of the house (`start`: of their first Monday). */
export function tell(name: Story['name'], start: number, isPlanted: boolean, crowd: Crowd): Story {
  if (name === 'conference') return conference(start, isPlanted, crowd);
  const emptyDay = isPlanted ? (WEEKS - 1) * 7 + 1 : -1;
  const life = weeksLife(crowd, emptyDay);
  const none = { sessions: [], merges: [], isPlanted: false };
  return { name, epoch: start, opens: 0, life, beatSeconds: 30, isAsleep: isOff, ...none };
}

function conference(start: number, isPlanted: boolean, crowd: Crowd): Story {
  const epoch = start - DAY_S * 1000;
  const life = conferenceLife(crowd);
  const hours = { opens: DAY_S / 2, beatSeconds: 20, isAsleep: () => false };
  return { name: 'conference', epoch, ...hours, life, sessions, merges, isPlanted };
}

const isOff = (second: number): boolean =>
  second % DAY_S < ON_S || second % DAY_S >= OFF_S || Math.floor(second / DAY_S) % 7 >= SATURDAY;

export const isWallOpen = ({ merges }: Story, second: number): boolean =>
  merges.some(({ from, until }) => from <= second && second < until);

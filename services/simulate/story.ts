import type { Crowd } from './crowd.ts';
import { conferenceLife } from './lives/conference.ts';
import type { Life } from './lives/life.ts';
import { weeksLife } from './lives/weeks.ts';
import type { Seconds } from './planted.ts';
import { merges, type Session, sessions } from './programme.ts';

const DAY_S = 86_400;
const WEEKS = 7;

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
  /** things are planted: faults, an overfull room, a test alert */
  isPlanted: boolean;
};

/** The conference (`start`: local midnight of its day 1) or ordinary weeks of the house (`start`: of their first Monday). */
export function tell(name: Story['name'], start: number, isPlanted: boolean, crowd: Crowd): Story {
  if (name === 'weeks') {
    const emptyDay = isPlanted ? (WEEKS - 1) * 7 + 1 : -1;
    return {
      name,
      epoch: start,
      opens: 0,
      life: weeksLife(crowd, emptyDay),
      sessions: [],
      merges: [],
      isPlanted: false,
    };
  }
  const epoch = start - DAY_S * 1000;
  return { name, epoch, opens: DAY_S / 2, life: conferenceLife(crowd), sessions, merges, isPlanted };
}

export const isWallOpen = ({ merges }: Story, second: number): boolean =>
  merges.some(({ from, until }) => from <= second && second < until);

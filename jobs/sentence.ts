import type { Ahead } from '../services/model/ahead.ts';
import type { Usual } from '../services/model/normal.ts';
import { sensedIn } from '../services/model/sensed.ts';
import { SAID, usually, wallOf } from '../services/model/usually.ts';
import type { Venue } from '../services/model/venue.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SMALL = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** A reading that is judged, with the row of the baseline that judged it; instants are UTC ms. */
export type Suspicion = Omit<Usual, 'from' | 'until' | 'median'> & {
  time: number;
  value: number;
  severity: 'minor' | 'major';
  score: number;
  expected: number;
  /** from the reading before; what it is in this hour on other days at most */
  step: number | null;
  jump: number | null;
  /** it has not changed for `same` readings */
  stuck: boolean;
  same: number;
  /** how far memory reaches back */
  since: number | null;
};

/** Figures of a measure as people say them. */
const WORDS: Record<Suspicion['measure'], (figure: string, value: number) => string> = {
  occupancy: (figure, value) => `${figure} ${Math.round(value) === 1 ? 'person' : 'people'}`,
  claps: (figure, value) => `${figure} ${Math.round(value) === 1 ? 'clap' : 'claps'} in 10 s`,
  temperature: (figure) => `${figure} °C`,
};

/** 10:05, on the clocks of the venue. */
export const clockOf = (time: number, ahead: readonly Ahead[]): string =>
  wallOf(time, ahead).toISOString().slice(11, 16);

/** A room as people call it. */
export const nameOf = ({ file }: Pick<Venue, 'file'>, room: string): string =>
  file.rooms.find(({ id }) => id === room)?.name ?? room;

/** What is unusual, in words, with the numbers of the row that judged it. */
export function sentenceOf(one: Suspicion, venue: Pick<Venue, 'file'>, ahead: readonly Ahead[]): string {
  const { measure, value, time, severity } = one;
  const figure = WORDS[measure](value.toFixed(SAID[measure].digits), value);
  const by = measure === 'temperature' && !sensedIn(venue.file).has(one.room) ? ' felt by badges' : '';
  const what = `${nameOf(venue, one.room)}: ${figure}${by} at ${clockOf(time, ahead)}`;
  if (one.stuck) return `${what}, unchanged for ${lengthOf(one.same * 5 * MINUTE_MS)}; ${usually(one, time, ahead)}.`;
  const isInside = value >= one.low && value <= one.high;
  const moved = isInside && severity === 'minor' && one.step !== null ? `, ${movedBy(one)}` : '';
  const record = severity === 'major' && one.since !== null ? ` ${recordOf(time - one.since)}` : '';
  return `${what}${moved}; ${usually(one, time, ahead)}.${record}`;
}

function movedBy({ measure, step, jump }: Suspicion): string {
  const { digits, unit } = SAID[measure];
  const most = (jump ?? 0).toFixed(digits);
  return `${step!.toFixed(digits)}${unit} from the reading before (${most} at most is usual in this hour)`;
}

const recordOf = (ms: number): string => `The farthest from normal in ${lengthOf(ms)}.`;

/** About how long: "four days", "11 hours". */
export function lengthOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.floor(ms / DAY_MS), 'day');
  if (ms >= HOUR_MS) return counted(Math.floor(ms / HOUR_MS), 'hour');
  return counted(Math.max(1, Math.round(ms / MINUTE_MS)), 'minute');
}

const counted = (count: number, noun: string): string => `${SMALL[count] || count} ${noun}${count === 1 ? '' : 's'}`;

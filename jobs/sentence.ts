import type { Ahead } from '../services/model/ahead.ts';
import type { Venue } from '../services/model/venue.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SMALL = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** A reading that is judged, with the row of the baseline that judged it; instants are UTC ms. */
export type Suspicion = {
  room: string;
  measure: 'occupancy' | 'claps' | 'temperature';
  time: number;
  value: number;
  session: string | null;
  context: string;
  severity: 'minor' | 'major';
  score: number;
  rung: string;
  n: number;
  q25: number;
  q75: number;
  expected: number;
  low: number;
  high: number;
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
type Unit = { digits: number; words: (figure: string, value: number) => string; short: string };
const UNITS: Record<Suspicion['measure'], Unit> = {
  occupancy: {
    digits: 0,
    words: (figure, value) => `${figure} ${Math.round(value) === 1 ? 'person' : 'people'}`,
    short: '',
  },
  claps: {
    digits: 0,
    words: (figure, value) => `${figure} ${Math.round(value) === 1 ? 'clap' : 'claps'} in 10 s`,
    short: '',
  },
  temperature: { digits: 1, words: (figure) => `${figure} °C`, short: ' °C' },
};

/** Local wall time of an instant as a UTC date, for its fields. */
const wallOf = (time: number, ahead: readonly Ahead[]): Date => {
  const held = ahead.filter(({ from }) => from <= time).at(-1) ?? ahead[0];
  return new Date(time + (held?.aheadMs ?? 0));
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
  const unit = UNITS[measure];
  const what = `${nameOf(venue, one.room)}: ${unit.words(value.toFixed(unit.digits), value)} at ${clockOf(time, ahead)}`;
  if (one.stuck) return `${what}, unchanged for ${lengthOf(one.same * 5 * MINUTE_MS)}; ${usually(one, unit, ahead)}.`;
  const isInside = value >= one.low && value <= one.high;
  const moved = isInside && severity === 'minor' && one.step !== null ? `, ${movedBy(one, unit)}` : '';
  const record = severity === 'major' && one.since !== null ? ` ${recordOf(time - one.since)}` : '';
  return `${what}${moved}; ${usually(one, unit, ahead)}.${record}`;
}

const movedBy = ({ step, jump }: Suspicion, { digits, short }: Unit): string =>
  `${step!.toFixed(digits)}${short} from the reading before (${(jump ?? 0).toFixed(digits)} at most is usual in this hour)`;

const recordOf = (ms: number): string => `The farthest from normal in ${lengthOf(ms)}.`;

/** "Tuesdays at 10:00 are usually 38–46 (6 Tuesdays)", by the rung of the ladder that it stands on. */
function usually(
  { rung, n, q25, q75, time, context }: Suspicion,
  { digits, short }: Unit,
  ahead: readonly Ahead[],
): string {
  const [least, most] = [q25.toFixed(digits), q75.toFixed(digits)];
  const range = `usually ${least === most ? least : `${least}–${most}`}${short}`;
  const wall = wallOf(time, ahead);
  const hour = String(wall.getUTCHours()).padStart(2, '0');
  if (rung === 'slot') {
    const day = DAYS[wall.getUTCDay()]!;
    const half = wall.getUTCMinutes() < 30 ? '00' : '30';
    return `${day}s at ${hour}:${half} are ${range} (${n} ${day}s)`;
  }
  const days = `${n} ${n === 1 ? 'day' : 'days'}${context.startsWith('event ') ? ' of the event' : ''}`;
  if (rung === 'hour by kind of day') {
    const kind = [0, 6].includes(wall.getUTCDay()) ? 'weekends' : 'weekdays';
    return `${kind} from ${hour}:00 are ${range} (${days})`;
  }
  if (rung === 'hour') return `from ${hour}:00 it is ${range} (${days})`;
  if (rung === 'session') return `a ${context.slice('session '.length)} here is ${range} (${n} of them)`;
  return `it is ${range} here at any hour (${days})`;
}

/** About how long: "four days", "11 hours". */
export function lengthOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.floor(ms / DAY_MS), 'day');
  if (ms >= HOUR_MS) return counted(Math.floor(ms / HOUR_MS), 'hour');
  return counted(Math.max(1, Math.round(ms / MINUTE_MS)), 'minute');
}

const counted = (count: number, noun: string): string => `${SMALL[count] || count} ${noun}${count === 1 ? '' : 's'}`;

import type { Ahead } from '../services/model/ahead.ts';
import type { Anomaly } from '../services/model/anomaly.ts';
import type { Venue } from '../services/model/venue.ts';
import { clockOf, lengthOf, nameOf, type Suspicion, sentenceOf } from './sentence.ts';

const MINUTE_MS = 60_000;
const READING_MS = 5 * MINUTE_MS;
/** Readings that may lie between two of one anomaly. */
const LEFT_OUT = 2;

/** Items in order, those that follow each other closely together. */
function together<T extends { time: number }>(items: readonly T[], key: (item: T) => string, withinMs: number): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const last = groups.at(-1)?.at(-1);
    if (last && key(last) === key(item) && item.time - last.time <= withinMs) groups.at(-1)!.push(item);
    else groups.push([item]);
  }
  return groups;
}

type Place = { venue: Pick<Venue, 'file'>; ahead: readonly Ahead[] };

/** Readings that follow each other are one anomaly: it speaks of the first major one, or of the farthest from its band. */
export function unusual(suspicions: readonly Suspicion[], { venue, ahead }: Place): Anomaly[] {
  const key = ({ room, measure, session }: Suspicion) => `${room} ${measure} ${session}`;
  return together(suspicions, key, (LEFT_OUT + 1) * READING_MS).map((group): Anomaly => {
    const one = group.find(({ severity }) => severity === 'major') ?? farthest(group);
    const { room, measure, value, expected, low, high, score, severity, rung, n, session } = one;
    return {
      room,
      measure,
      time: group[0]!.time,
      until: group.at(-1)!.time + READING_MS,
      value: rounded(value),
      expected: rounded(expected),
      low: rounded(low),
      high: rounded(high),
      score: rounded(score),
      severity,
      rung,
      n,
      sentence: sentenceOf(one, venue, ahead),
      session,
    };
  });
}

const farthest = (group: readonly Suspicion[]): Suspicion =>
  group.reduce((most, one) => (outside(one) > outside(most) ? one : most));
const outside = ({ value, low, high }: Suspicion): number => Math.max(low - value, value - high);
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** What is no matter of a baseline. */
const plain = { expected: null, low: null, high: null, score: null, n: 0, session: null };

/** A mean of five minutes in a room. */
export type Reading = { room: string; time: number; value: number; session: string | null };

/** Rooms that hold more than they may, whatever is usual there. */
export function overcrowded(readings: readonly Reading[], { venue, ahead }: Place): Anomaly[] {
  const capacities = new Map(venue.file.rooms.map(({ id, capacity }) => [id, capacity ?? Number.POSITIVE_INFINITY]));
  const over = readings.filter(({ room, value }) => value > (capacities.get(room) ?? Number.POSITIVE_INFINITY));
  return together(over, ({ room }) => room, (LEFT_OUT + 1) * READING_MS).map((group): Anomaly => {
    const most = group.reduce((a, b) => (b.value > a.value ? b : a));
    const { room, session, value } = most;
    const high = capacities.get(room)!;
    const where = `${nameOf(venue, room)}: ${Math.round(value)} people at ${clockOf(most.time, ahead)}`;
    return {
      ...plain,
      room,
      measure: 'occupancy',
      time: group[0]!.time,
      until: group.at(-1)!.time + READING_MS,
      value: rounded(value),
      high,
      severity: 'major',
      rung: 'capacity',
      sentence: `${where}; there is room for ${high}.`,
      session,
    };
  });
}

/** A minute in which a room could not be heard; null: none could. */
export type Unheard = { room: string | null; time: number; state: 'deaf' | 'silent' };

const WHY = {
  deaf: 'its gateways spoke and heard nobody',
  silent: 'none of its gateways spoke',
};

/** Rooms that could not be judged for five minutes or more, and why. */
export function unheard(minutes: readonly Unheard[], { venue, ahead }: Place): Anomaly[] {
  const groups = together(minutes, ({ room, state }) => `${room} ${state}`, 2 * MINUTE_MS);
  return groups
    .filter((group) => group.length >= 5)
    .map((group): Anomaly => {
      const { room, state, time } = group[0]!;
      const until = group.at(-1)!.time + MINUTE_MS;
      const when = `from ${clockOf(time, ahead)} to ${clockOf(until, ahead)}`;
      return {
        ...plain,
        room,
        measure: 'coverage',
        time,
        until,
        value: null,
        severity: 'state',
        rung: state,
        sentence:
          room === null
            ? `All rooms were silent ${when}: no gateway spoke, so nothing was judged.`
            : `${nameOf(venue, room)} was ${state} ${when}: ${WHY[state]}, so its counts were not judged.`,
      };
    });
}

/** A badge that said the same from `time` until `until`. */
export type Stuck = { badge: string; time: number; until: number; claps: number; temperature: number; reports: number };

export const stuck = (badges: readonly Stuck[], { ahead }: Pick<Place, 'ahead'>): Anomaly[] =>
  badges.map(({ badge, time, until, claps, temperature, reports }) => ({
    ...plain,
    room: null,
    measure: 'badge',
    time,
    until,
    value: claps,
    severity: 'major',
    rung: 'stuck',
    sentence:
      `Badge ${badge} has said ${claps} claps and ${temperature.toFixed(1)} °C without a change since ` +
      `${clockOf(time, ahead)}, for ${lengthOf(until - time)} (${reports} reports).`,
  }));

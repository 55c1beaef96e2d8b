import type { Seconds } from './planted.ts';
import type { Session } from './programme.ts';
import { type Draw, drawOf } from './random.ts';

/** An applause lasts so long, s; it begins about when the session should end. */
const LASTS_MIN = 8;
const LASTS_MAX = 15;
const BEGINS = -4;
/** Between two speakers of one session people clap more briefly. */
const BETWEEN = 0.7;
/** Who keeps their hands still. */
const STILL = 0.08;
/** Claps a second. */
const RATE_MIN = 2;
const RATE_MAX = 4;

/** Who claps when. */
export type Applause = {
  /** when people clap in a session, seconds since the midnight of day 0 */
  spans(session: number): readonly Seconds[];
  /** how often somebody who attends a session claps in a second */
  claps(person: number, session: number, second: number): number;
};

export function createApplause(seed: number, sessions: readonly Session[]): Applause {
  const lasts = drawOf(seed, 'applause lasts');
  const hands = drawOf(seed, 'hands');
  const all = sessions.map((session, index) => spansOf(session, (place) => lasts(index, place)));
  const joins: Draw = (person, session) => hands(person, session, 1) * 2;
  return {
    spans: (session) => all[session] ?? [],
    claps(person, session, second) {
      const span = all[session]?.find(({ from, until }) => from <= second && second < until);
      if (!span || hands(person, session) < STILL) return 0;
      const since = second - span.from - joins(person, session);
      const left = span.until - hands(person, session, 2) * 3 - second;
      if (since < 0 || left < 0) return 0;
      const rate = RATE_MIN + (RATE_MAX - RATE_MIN) * hands(person, 0, 3);
      return Math.floor(rate * (since + 1)) - Math.floor(rate * since);
    },
  };
}

function spansOf({ kind, from, until, applauseEvery }: Session, draw: (place: number) => number): Seconds[] {
  if (kind !== 'talk' && kind !== 'workshop') return [];
  const ends: number[] = [];
  if (applauseEvery > 0) for (let end = from + applauseEvery; end < until; end += applauseEvery) ends.push(end);
  return [...ends, until].map((end, place) => {
    const whole = LASTS_MIN + draw(place) * (LASTS_MAX - LASTS_MIN);
    const begins = end + BEGINS;
    return { from: begins, until: begins + Math.round(end < until ? whole * BETWEEN : whole) };
  });
}

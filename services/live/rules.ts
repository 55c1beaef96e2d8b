import type { Rule } from '../model/rule.ts';
import type { Reading } from './readings.ts';

const SECOND_MS = 1000;
/** What was not known for longer than a rule asks for, and than this, begins anew, s. */
const UNKNOWN_S = 60;

/** How a rule stands at a place; plain data. Times are UTC ms. */
export type Standing = {
  /** seconds in which it was known to hold, one after another but for those in which nothing was known */
  held: number;
  /** the first of them */
  since: number | null;
  /** when last something was known */
  known: number | null;
  /** since when the episode holds that has fired; null: none has */
  firing: number | null;
  /** when the last episode was over */
  cleared: number | null;
};

/** By place. */
export type Standings = Map<string, Standing>;

/** What became of a rule at a place: an episode began, `since` then, or is over. */
export type Change = { place: string; since: number; time: number; value: number | null; is: 'fired' | 'cleared' };

const FIRST: Standing = { held: 0, since: null, known: null, firing: null, cleared: null };

/**
 * One second of a rule: what its readings change. Each second counts by itself, so frames have to come in the order of time.
 * It fires when it was known to hold for `for` seconds (at least one), and once an episode; the episode is over at `clear`, and
 * another one begins no sooner than `coolDown` after. What is not known neither fires nor clears.
 */
export function stepRule(rule: Rule, standings: Standings, time: number, readings: readonly Reading[]): Change[] {
  return readings.flatMap(({ place, ...bounds }) => {
    const standing = standings.get(place) ?? { ...FIRST };
    standings.set(place, standing);
    return stepAt(rule, standing, time, bounds).map((change) => ({ place, ...change }));
  });
}

function stepAt(rule: Rule, at: Standing, time: number, bounds: Omit<Reading, 'place'>): Omit<Change, 'place'>[] {
  const value = bounds.low === bounds.high ? bounds.low : null;
  if (at.firing !== null) {
    if (!isClear(rule, bounds)) return [];
    const since = at.firing;
    Object.assign(at, { held: 0, since: null, known: time, firing: null, cleared: time });
    return [{ since, time, value, is: 'cleared' }];
  }
  const holds = holdsFor(rule, bounds);
  if (holds === null) return [];
  const isStale = at.known !== null && time - at.known > Math.max(rule.for, UNKNOWN_S) * SECOND_MS;
  if (!holds || isStale) Object.assign(at, { held: 0, since: null });
  at.known = time;
  if (!holds) return [];
  at.held += 1;
  at.since ??= time;
  const isCool = at.cleared === null || time - at.cleared >= rule.coolDown * SECOND_MS;
  if (at.held < Math.max(1, rule.for) || !isCool) return [];
  at.firing = at.since;
  return [{ since: at.since, time, value: value ?? bounds.low, is: 'fired' }];
}

/** Whether it holds, whatever the value is between its bounds; null: that depends. */
function holdsFor({ above, below }: Rule, { low, high }: Omit<Reading, 'place'>): boolean | null {
  if (above !== null) return low > above ? true : high <= above ? false : null;
  return high < below! ? true : low >= below! ? false : null;
}

/** Whether it is over for certain. */
const isClear = ({ above, below, clear }: Rule, { low, high }: Omit<Reading, 'place'>): boolean =>
  above !== null ? high <= (clear ?? above) : low >= (clear ?? below!);

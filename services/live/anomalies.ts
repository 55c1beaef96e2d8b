import type { Anomaly } from '../model/anomaly.ts';
import type { Firing, Rule } from '../model/rule.ts';

/** An anomaly that has said nothing for so long is over, ms: it is judged by readings of five minutes. */
export const QUIET_MS = 10 * 60_000;

/** Where an anomaly is, as rules call it. */
export const placeOf = ({ room }: Pick<Anomaly, 'room'>): string => (room === null ? 'venue' : `room:${room}`);

/**
 * What a rule about anomalies makes of those that there are: which fire now, and which episodes are over. `known`: its episodes
 * up to now. An anomaly fires once, whatever it grows to; `since` (UTC ms): one that had begun before is none of the rule's
 * business; during the cool-down of its room none fires.
 */
export function anomalyChanges(
  rule: Rule,
  anomalies: readonly Anomaly[],
  known: readonly Firing[],
  { since, now }: { since: number; now: number },
): { fire: Anomaly[]; clear: { firing: Firing; time: number }[] } {
  const isKnown = new Set(known.map(({ place, since: from, about }) => `${place} ${from} ${about}`));
  const own = anomalies.filter((one) => one.severity === rule.severity && isMeant(rule, one));
  const ends = new Map(own.map((one) => [keyOf(one), one.until]));
  const last = new Map<string, number>();
  for (const { place, fired, cleared } of known)
    last.set(place, Math.max(last.get(place) ?? Number.NEGATIVE_INFINITY, cleared ?? fired));
  const fire = own
    .filter((one) => one.time >= since && one.time <= now && !isKnown.has(keyOf(one)))
    .sort((a, b) => a.time - b.time)
    .filter((one) => {
      const before = last.get(placeOf(one)) ?? Number.NEGATIVE_INFINITY;
      if (one.until - before < rule.coolDown * 1000) return false;
      last.set(placeOf(one), one.until);
      return true;
    });
  const clear = known
    .filter(({ cleared }) => cleared === null)
    .flatMap((firing) => {
      const until = ends.get(`${firing.place} ${firing.since} ${firing.about}`) ?? Number.NEGATIVE_INFINITY;
      return now - until > QUIET_MS
        ? [{ firing, time: Math.max(firing.fired, Number.isFinite(until) ? until : now) }]
        : [];
    });
  return { fire, clear };
}

const keyOf = (one: Anomaly): string => `${placeOf(one)} ${one.time} ${one.measure}`;
const isMeant = ({ where }: Rule, one: Anomaly): boolean => where === 'rooms' || where === placeOf(one);

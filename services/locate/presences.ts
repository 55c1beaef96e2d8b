import type { Presence } from '../model/presence.ts';
import { type Change, type Present, RULE } from './locate.ts';

/** Changes folded into presences, as seen (NUMBERS: Presence). */
export type Presences = {
  /** Takes a change, in the order of time; returns the presence that it ended, if it did. */
  take(change: Change): Presence | undefined;
  /** Those that are open, `until` null, with what `Locator.present` says of them. */
  open(present: Present[]): Presence[];
};

/**
 * Midnights, walls and parking are changes like any other: the locator makes them, a presence ends with each.
 * @param present those present at the start, when the locator began with a state: their presences begin at `from`
 */
export function createPresences(present: Present[] = [], from = Number.NEGATIVE_INFINITY): Presences {
  const open = new Map<string, Presence>(present.map((one) => [one.badge, begun(one, from)]));
  return {
    take(change) {
      const ended = open.get(change.badge);
      if (change.room === null) open.delete(change.badge);
      else open.set(change.badge, begun({ ...change, room: change.room }, change.time));
      return ended && { ...ended, until: change.time, heard: change.heard };
    },
    open: (present) =>
      present.flatMap(({ badge, heard }) => {
        const presence = open.get(badge);
        return presence ? [{ ...presence, heard }] : [];
      }),
  };
}

type Begun = Omit<Present, 'cadence'>;

export const begun = ({ badge, room, parked, visit, reason, heard }: Begun, from: number): Presence => ({
  badge,
  room,
  from,
  until: null,
  reason,
  parked,
  heard,
  visit,
  rule: RULE,
});

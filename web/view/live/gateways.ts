import type { VenueFile } from '../../../services/model/venue.ts';

type Instant = string | number;
/** An instant of the venue file as UTC ms. */
export const instantOf = (at: Instant): number => (typeof at === 'number' ? at : Date.parse(at));

/** How many gateways each room has at an instant (UTC ms); a merged room has those of its parts. */
export function createGateways(venue: VenueFile): (at: number) => Map<string, number> {
  const spans = venue.gateways.map(({ room, from, until }) => ({
    room,
    from: from === undefined ? Number.NEGATIVE_INFINITY : instantOf(from),
    until: until === undefined ? Number.POSITIVE_INFINITY : instantOf(until),
  }));
  const merges = new Map((venue.merges ?? []).map(({ room, of }) => [room, of]));
  const count = (at: number) => {
    const found = new Map<string, number>();
    for (const { room, from, until } of spans)
      if (from <= at && at < until) found.set(room, (found.get(room) ?? 0) + 1);
    for (const [room, of] of merges)
      found.set(
        room,
        [room, ...of].reduce((sum, id) => sum + (found.get(id) ?? 0), 0),
      );
    return found;
  };
  return onceAMinute(count);
}

/** Gateways move seldom, and there may be a hundred thousand. */
function onceAMinute<T>(make: (at: number) => T): (at: number) => T {
  let held: { minute: number; value: T } | null = null;
  return (at) => {
    const minute = Math.floor(at / 60_000);
    if (held?.minute !== minute) held = { minute, value: make(at) };
    return held.value;
  };
}

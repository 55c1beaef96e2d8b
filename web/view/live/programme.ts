import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from './gateways.ts';

export type Talk = { title: string; room: string; from: number; until: number };
/** What goes on in a room, and what comes next there. */
export type Item = { room: string; now: Talk | null; next: Talk | null };

/** Further ahead than this nothing is "next", ms. */
const AHEAD_MS = 12 * 3_600_000;

/** The sessions now and next at an instant (UTC ms), room by room; rooms in which something goes on come first. */
export function createProgramme(venue: VenueFile): (at: number) => Item[] {
  const talks = (venue.sessions ?? [])
    .map(({ title, room, from, until }) => ({
      title,
      room: room ?? '',
      from: instantOf(from),
      until: instantOf(until),
    }))
    .sort((a, b) => a.from - b.from);
  const order = new Map(venue.rooms.map(({ id }, i) => [id, i]));
  return (at) => {
    const items = new Map<string, Item>();
    for (const talk of talks) {
      if (talk.until <= at || talk.from > at + AHEAD_MS) continue;
      const item = items.get(talk.room) ?? { room: talk.room, now: null, next: null };
      if (talk.from <= at) item.now ??= talk;
      else item.next ??= talk;
      items.set(talk.room, item);
    }
    const rank = ({ room, now, next }: Item) => (now ? 0 : next!.from) * 1e4 + (order.get(room) ?? 0);
    return [...items.values()].sort((a, b) => rank(a) - rank(b));
  };
}

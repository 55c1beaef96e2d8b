import type { VenueFile } from './venue.ts';

/** A session; times are UTC ms. `room` is where it takes place: while a wall is open, the merged room. */
export type Talk = { title: string; room: string; from: number; until: number };
/** What goes on in a room, and what comes next there. */
export type Item = { room: string; now: Talk | null; next: Talk | null };

/** Further ahead than this nothing is "next", ms. */
const AHEAD_MS = 12 * 3_600_000;

type Placed = Pick<VenueFile, 'rooms' | 'sessions' | 'merges'>;
type Instant = string | number;
const msOf = (at: Instant): number => (typeof at === 'number' ? at : Date.parse(at));

/** Which room a room is at an instant (UTC ms): the merged one while its wall is open, else itself. */
export function createStages({ merges = [] }: Pick<Placed, 'merges'>): (room: string, at: number) => string {
  const spans = merges.map(({ room, of, from, until }) => ({ room, of, from: msOf(from), until: msOf(until) }));
  return (room, at) => spans.find(({ of, from, until }) => of.includes(room) && from <= at && at < until)?.room ?? room;
}

/**
 * The sessions now and next at an instant (UTC ms), room by room; rooms in which something goes on come first. Of two at once
 * the one that began first is now. A session belongs to the room that there is: now, or (next) when it begins.
 */
export function createProgramme(venue: Placed): (at: number) => Item[] {
  const stageAt = createStages(venue);
  const talks = (venue.sessions ?? [])
    .map(({ title, room, from, until }) => ({ title, room: room ?? '', from: msOf(from), until: msOf(until) }))
    .sort((a, b) => a.from - b.from);
  const order = new Map(venue.rooms.map(({ id }, i) => [id, i]));
  return (at) => {
    const items = new Map<string, Item>();
    for (const talk of talks) {
      if (talk.until <= at || talk.from > at + AHEAD_MS) continue;
      const room = stageAt(talk.room, Math.max(at, talk.from));
      const item = items.get(room) ?? { room, now: null, next: null };
      if (talk.from <= at) item.now ??= { ...talk, room };
      else item.next ??= { ...talk, room };
      items.set(room, item);
    }
    const rank = ({ room, now, next }: Item) => (now ? 0 : next!.from) * 1e4 + (order.get(room) ?? 0);
    return [...items.values()].sort((a, b) => rank(a) - rank(b));
  };
}

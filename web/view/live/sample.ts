import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from './gateways.ts';
import { isCounted, type RoomNow } from './room.ts';

/** A room without anybody is better than one that is not counted, and worse than any other. */
const EMPTY = 1e9;

/** A gateway to try with, and the room in which its badge will be seen; null where the venue names none. */
export type Sample = { gateway: string; room: { id: string; name: string } | null };

/**
 * The gateway with which one badge more is seen best: of the rooms of a floor (`ids`) the one with the fewest people,
 * first of those in which somebody is counted: where nobody is, the gateway may be deaf, and nobody know it yet. Null: the
 * venue has no gateway there.
 */
export function sampleOf(venue: VenueFile, rooms: Map<string, RoomNow>, ids: string[], at: number): Sample | null {
  const found = venue.gateways.flatMap(({ id, room, from, until }) => {
    const now = rooms.get(room);
    const isValid =
      (from === undefined || instantOf(from) <= at) && (until === undefined || at < instantOf(until)) && now;
    return isValid && ids.includes(room) ? [{ id, now }] : [];
  });
  const people = ({ now }: { now: RoomNow }) => (isCounted(now) ? now.count! || EMPTY : Number.POSITIVE_INFINITY);
  const [best] = found.sort((a, b) => (people(a) === people(b) ? 0 : people(a) - people(b)));
  if (!best) return null;
  const name = venue.rooms.find(({ id }) => id === best.now.room)?.name ?? best.now.room;
  return { gateway: best.id, room: { id: best.now.room, name } };
}

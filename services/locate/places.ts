import type { GatewayPlace, Merge, Venue } from '../model/venue.ts';
import { holds, wholeOf } from './floorplan.ts';
import { SECOND_MS } from './rule.ts';

/** A room while badges are weighed: `weight` is 0 between two decisions. */
export type Room = { id: string; weight: number };

/** A gateway as it stands now: in which room, merged or not, since when (UTC ms), and the dB added to what it hears. */
export type Post = { room: Room; from: number; offset: number };

/** Where the gateways of a venue stand, its walls open or closed, at the second it was last told. */
export type Places = {
  /** Goes on to `now`, ms; true if a wall was opened or closed on the way. */
  at(now: number): boolean;
  /** Where a gateway stands now; undefined if the venue does not know it, or not now. */
  postOf(gateway: string): Post | undefined;
  /** Did the venue know the gateway at `time`, now or before? */
  knew(gateway: string, time: number): boolean;
  /** What a room belongs to now: itself, or what it is merged into. */
  roomOf(room: string): Room;
  /** The parts of a merged room whose wall is closed now, as rooms; none if it is open or never was merged. */
  partsOf(room: string): Room[];
  /** The second in which a wall or its first gateway last made the room, or a wall took it away; −Infinity: it has been there all the time. */
  since(room: string): number;
};

/** Reads a venue whose ids are in their stored form and whose times are UTC ms. */
export function createPlaces(venue: Venue): Places {
  const rows = rowsById(venue.gateways);
  const bounds = [...venue.gateways, ...venue.merges].flatMap(({ from, until }) => [from, until]).sort((a, b) => a - b);
  const rooms = new Map<string, Room>();
  const posts = new Map<string, Post>();
  const moved = new Map<string, number>();
  let walls: Merge[] = [];
  let listening = new Map<string, number>();
  let now = Number.NEGATIVE_INFINITY;
  let next = Number.NEGATIVE_INFINITY;

  function roomOf(room: string): Room {
    const id = wholeOf(walls, room);
    const made = rooms.get(id) ?? { id, weight: 0 };
    rooms.set(id, made);
    return made;
  }

  /** Rooms with a gateway, by the second in which the first of these began to stand there. */
  function listeningAt(time: number): Map<string, number> {
    const since = new Map<string, number>();
    for (const row of venue.gateways) {
      if (!holds(row, time)) continue;
      const room = wholeOf(walls, row.room);
      const from = Math.ceil(row.from / SECOND_MS) * SECOND_MS;
      since.set(room, Math.min(from, since.get(room) ?? Number.POSITIVE_INFINITY));
    }
    return since;
  }

  function post(gateway: string): Post | undefined {
    const row = rows.get(gateway)?.find((one) => holds(one, now));
    if (row === undefined) return undefined;
    const made = { room: roomOf(row.room), from: row.from, offset: row.offset };
    posts.set(gateway, made);
    return made;
  }

  return {
    at(second) {
      now = second;
      if (now < next) return false;
      const isFirst = next === Number.NEGATIVE_INFINITY;
      next = bounds.find((bound) => bound > now) ?? Number.POSITIVE_INFINITY;
      posts.clear();
      const before = walls;
      walls = venue.merges.filter((merge) => holds(merge, now)).sort(byRoom);
      const others = [
        ...walls.filter((wall) => !before.includes(wall)),
        ...before.filter((wall) => !walls.includes(wall)),
      ];
      if (!isFirst) for (const { room, of } of others) for (const one of [room, ...of]) moved.set(one, now);
      // Before a gateway listened nobody could be known to be there.
      const listened = listening;
      listening = listeningAt(now);
      if (!isFirst)
        for (const [room, from] of listening)
          if (!listened.has(room)) moved.set(room, Math.max(from, moved.get(room) ?? Number.NEGATIVE_INFINITY));
      return isFirst || others.length > 0;
    },
    postOf: (gateway) => posts.get(gateway) ?? post(gateway),
    knew: (gateway, time) => rows.get(gateway)?.some((row) => holds(row, time)) ?? false,
    roomOf,
    since: (room) => moved.get(room) ?? Number.NEGATIVE_INFINITY,
    partsOf: (room) =>
      walls.some((wall) => wall.room === room) ? [] : partsBefore(venue.merges, room, now).map(roomOf),
  };
}

function rowsById(gateways: GatewayPlace[]): Map<string, GatewayPlace[]> {
  const rows = new Map<string, GatewayPlace[]>();
  for (const row of gateways) rows.set(row.id, [...(rows.get(row.id) ?? []), row]);
  return rows;
}

/** What a room was made of when it was last merged. */
function partsBefore(merges: Merge[], room: string, now: number): string[] {
  const past = merges.filter((merge) => merge.room === room && merge.until <= now).sort((a, b) => b.until - a.until);
  return [...(past[0]?.of ?? [])].sort();
}

const byRoom = (a: Merge, b: Merge): number => (a.room < b.room ? -1 : 1);

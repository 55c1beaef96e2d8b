import type { GatewayPlace, Merge, Span, Venue } from '../model/venue.ts';

/** A room as it exists at one instant: with its gateways and sensors, and those of its parts while a wall is open. */
export type Standing = { room: string; gateways: string[]; sensors: string[] };

/** The rooms of a venue at `now`, ms, in the venue's order; parts of an open merge do not exist, the whole does. */
export function roomsAt(venue: Venue, now: number): Standing[] {
  const walls = venue.merges.filter((merge) => holds(merge, now));
  const wholes = new Set(venue.merges.map((merge) => merge.room));
  const gateways = venue.gateways.filter((gateway) => holds(gateway, now));
  const sensors = (venue.file.sensors ?? []).filter((sensor) => holds(spanOf(sensor), now));
  return venue.rooms
    .filter((room) => wholeOf(walls, room) === room && (!wholes.has(room) || isOpenOrOwn(walls, gateways, room)))
    .map((room) => ({
      room,
      gateways: idsIn(gateways, walls, room),
      sensors: idsIn(sensors, walls, room),
    }));
}

/** `roomsAt`, and the walls that are open then, worked out again only when something has moved. */
export function createStandings(venue: Venue): (now: number) => { rooms: Standing[]; walls: Merge[] } {
  const spans = [...venue.merges, ...venue.gateways, ...(venue.file.sensors ?? []).map(spanOf)];
  const edges = [...new Set(spans.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  let held: Span & { rooms: Standing[]; walls: Merge[] } = { from: 0, until: 0, rooms: [], walls: [] };
  return (now) => {
    if (!holds(held, now)) {
      const from = edges.findLast((edge) => edge <= now) ?? Number.NEGATIVE_INFINITY;
      const until = edges.find((edge) => edge > now) ?? Number.POSITIVE_INFINITY;
      held = { from, until, rooms: roomsAt(venue, now), walls: venue.merges.filter((merge) => holds(merge, now)) };
    }
    return held;
  };
}

/** The room, as it stands while `walls` are open, in which a gateway stood at `t`, ms; undefined if it was not known then. */
export type RoomAt = (gateway: string, t: number, walls: readonly Merge[]) => string | undefined;

export function createRoomAt(venue: Venue): RoomAt {
  const rows = new Map<string, GatewayPlace[]>();
  for (const row of venue.gateways) rows.set(row.id, [...(rows.get(row.id) ?? []), row]);
  return (gateway, t, walls) => {
    const row = rows.get(gateway)?.find((one) => holds(one, t));
    return row && wholeOf(walls, row.room);
  };
}

/** A room that only exists while its parts are merged has no gateway of its own. */
const isOpenOrOwn = (walls: Merge[], gateways: GatewayPlace[], room: string): boolean =>
  walls.some((wall) => wall.room === room) || gateways.some((gateway) => gateway.room === room);

const idsIn = (things: { id: string; room: string }[], walls: Merge[], room: string): string[] =>
  things.filter((thing) => wholeOf(walls, thing.room) === room).map((thing) => thing.id);

/** What a room belongs to: follows open walls, for a whole may be a part of another; once each, lest they form a ring. */
export function wholeOf(walls: readonly Merge[], room: string): string {
  let whole = room;
  for (let step = 0; step < walls.length; step++) whole = walls.find((wall) => wall.of.includes(whole))?.room ?? whole;
  return whole;
}

/** In a venue that was read, instants are ms; an end that is not given is open. */
const spanOf = ({ from, until }: { from?: string | number; until?: string | number }): Span => ({
  from: Number(from ?? Number.NEGATIVE_INFINITY),
  until: Number(until ?? Number.POSITIVE_INFINITY),
});

export const holds = ({ from, until }: Span, time: number): boolean => from <= time && time < until;

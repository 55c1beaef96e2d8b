import { holds, wholeOf } from '../locate/floorplan.ts';
import type { Span, Venue } from '../model/venue.ts';

/** What rows of frames are by. */
export const BY = ['room', 'floor', 'gateway', 'group', 'session', 'event'] as const;
export type By = (typeof BY)[number];

/** During a span a key of the answer is about a room. */
export type Scoped = Span & { key: string; room: string };
/** Keys in their order; of presences and of what frames said, what each is about. */
export type Scope = { keys: string[]; presences: Scoped[]; ground: Scoped[] };

const ALWAYS: Span = { from: -8e15, until: 8e15 };
/** The group of a badge that is in none, where the venue names no default. */
const NO_GROUP = 'none';
export const defaultGroup = ({ file }: Venue): string => file.badges?.default ?? NO_GROUP;

/** What the keys of an answer are about, from the venue. */
export const scopeOf = (venue: Venue, by: By): Scope => SCOPES[by](venue);

const both = (keys: string[], scoped: Scoped[]): Scope => ({ keys, presences: scoped, ground: scoped });

const SCOPES: Record<By, (venue: Venue) => Scope> = {
  room: ({ rooms }) =>
    both(
      rooms,
      rooms.map((room) => ({ key: room, room, ...ALWAYS })),
    ),
  floor(venue) {
    const floors = venue.rooms.map((room) => ({ key: floorOf(venue, room), room, ...ALWAYS }));
    const order = [...(venue.file.floors ?? []).map(({ id }) => id), ''];
    const keys = order.filter((floor) => floors.some(({ key }) => key === floor));
    return both([...new Set([...keys, ...floors.map(({ key }) => key)])], floors);
  },
  group(venue) {
    const { groups = [] } = venue.file;
    const counted = groups.filter((group) => group.counted ?? true).map(({ id }) => id);
    const named = new Set(groups.map(({ id }) => id));
    const keys = named.has(defaultGroup(venue)) ? counted : [...counted, defaultGroup(venue)];
    const ground = keys.flatMap((key) => venue.rooms.map((room) => ({ key, room, ...ALWAYS })));
    return { keys, presences: keys.map((key) => ({ key, room: key, ...ALWAYS })), ground };
  },
  gateway(venue) {
    const keys = [...new Set(venue.gateways.map(({ id }) => id))].sort();
    const ground = venue.gateways.flatMap(({ id, room, from, until }) => standing(venue, id, room, { from, until }));
    return { keys, presences: keys.map((key) => ({ key, room: key, ...ALWAYS })), ground };
  },
  session(venue) {
    const sessions = sessionsOf(venue).filter(({ room }) => room !== undefined);
    return both(
      sessions.map(({ id }) => id),
      sessions.flatMap(({ id, room, from, until }) => standing(venue, id, room!, { from, until })),
    );
  },
  event(venue) {
    const events = eventsOf(venue);
    const scoped = events.flatMap(({ id, from, until }) => venue.rooms.map((room) => ({ key: id, room, from, until })));
    return both(
      events.map(({ id }) => id),
      scoped,
    );
  },
};

/** A merged room without a floor of its own is on that of its first part. */
function floorOf({ file }: Venue, id: string): string {
  const own = (room: string) => file.rooms.find((one) => one.id === room)?.floor;
  return own(id) ?? own(file.merges?.find(({ room }) => room === id)?.of[0] ?? '') ?? '';
}

/** Which rooms something in a room stands for while walls open and close. */
function standing({ merges }: Venue, key: string, room: string, span: Span): Scoped[] {
  const edges = merges
    .flatMap(({ from, until }) => [from, until])
    .filter((edge) => edge > span.from && edge < span.until);
  const cuts = [span.from, ...new Set(edges)].sort((a, b) => a - b);
  return cuts.map((from, i) => {
    const walls = merges.filter((merge) => holds(merge, from));
    return { key, room: wholeOf(walls, room), from, until: cuts[i + 1] ?? span.until };
  });
}

/** In a venue that was read, instants are ms. */
export const sessionsOf = ({ file }: Venue) =>
  (file.sessions ?? []).map(({ id, room, from, until }) => ({ id, room, from: Number(from), until: Number(until) }));

export const eventsOf = ({ file }: Venue) =>
  (file.events ?? []).map(({ id, from, until }) => ({ id, from: Number(from), until: Number(until) }));

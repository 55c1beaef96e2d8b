import Type, { type Static } from 'typebox';
import { Id, Maybe, Time } from './fields.ts';
import { parseInstant } from './instant.ts';
import type { Span, VenueFile } from './venue.ts';

/** What gateways did at an instant: counts before it and after it are of different making. */
export const VenueChange = Type.Object({
  time: Time,
  gateways: Type.Integer({ minimum: 1, description: 'how many, at that instant' }),
  room: Maybe(Id),
  sentence: Type.String({ description: 'what was done: Gateway g7 was moved to Hall' }),
});
export type VenueChange = Static<typeof VenueChange>;

type Place = VenueFile['gateways'][number];
type Did = { time: number; gateway: string; room: string; did: string };

/** Gateways that were put up, moved, raised or taken away, an entry an instant, in order of time. */
export function changesOf({ gateways, rooms }: VenueFile): VenueChange[] {
  const names = new Map(rooms.map(({ id, name }) => [id, name ?? id]));
  const byGateway = groupedBy(gateways, ({ id }) => id);
  const done = [...byGateway.values()].flatMap((places) => didOf(places, (room) => names.get(room) ?? room));
  return [...groupedBy(done, ({ time }) => time)].sort(([a], [b]) => a - b).map(([time, at]) => changeOf(time, at));
}

/** Those of a span; it includes `from` and excludes `until`. */
export const changesIn = (file: VenueFile, { from, until }: Span): VenueChange[] =>
  changesOf(file).filter(({ time }) => time >= from && time < until);

function groupedBy<T, K>(items: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const of = found.get(keyOf(item));
    if (of) of.push(item);
    else found.set(keyOf(item), [item]);
  }
  return found;
}

function changeOf(time: number, done: Did[]): VenueChange {
  const [{ gateway, room, did }, ...others] = done as [Did, ...Did[]];
  if (others.length === 0) return { time, gateways: 1, room, sentence: `Gateway ${gateway} ${did}` };
  return { time, gateways: done.length, room: null, sentence: `${done.length} gateways were changed` };
}

/** What became of one gateway: where a place ends as another begins it was moved, and neither put up nor taken away. */
function didOf(places: Place[], nameOf: (room: string) => string): Did[] {
  const times = (place: Place, end: 'from' | 'until') => (place[end] === undefined ? [] : [timeOf(place[end])]);
  const meets = (end: 'from' | 'until', time: number) => places.find((place) => times(place, end)[0] === time);
  return places.flatMap((place) => [
    ...times(place, 'from').map((time) => ({ time, ...whoIn(place), did: began(place, meets('until', time), nameOf) })),
    ...times(place, 'until')
      .filter((time) => !meets('from', time))
      .map((time) => ({ time, ...whoIn(place), did: `was taken away from ${nameOf(place.room)}` })),
  ]);
}

const whoIn = ({ id, room }: Place) => ({ gateway: id, room });

function began(now: Place, before: Place | undefined, nameOf: (room: string) => string): string {
  if (!before) return `was put up in ${nameOf(now.room)}`;
  const room = nameOf(now.room);
  const raised = (now.height ?? 0) - (before.height ?? 0);
  const height = raised > 0 ? 'raised' : raised < 0 ? 'lowered' : null;
  const also = height === null ? '' : ` and ${height}`;
  if (before.room !== now.room) return `was moved to ${room}${also}`;
  if (before.x !== now.x || before.y !== now.y) return `was moved within ${room}${also}`;
  return `was ${height ?? 'changed'} in ${room}`;
}

const timeOf = (at: string | number): number => parseInstant(String(at)) ?? Number.NaN;

import { type Frame, RoomFrame } from './frame.ts';
import type { Presence } from './presence.ts';

/** Rooms by id, as a frame has them, in its order. */
export type Rooms = Map<string, RoomFrame>;

/** What a presence became: it ended, or a new one began (until null). */
export type Began = Presence & { until: null };
export type Ended = { badge: string; until: number; heard: number };

/**
 * A line of the as-seen record: what changed since the line before. `rooms` holds the fields that changed of each room
 * that did, all of them in a whole frame; `order` says which rooms exist, where that changed. A line that is not whole is
 * that of the second after, and an age that grew by it did not change.
 */
export type Line = {
  time: number;
  positions: number[];
  venue: string;
  rule: string;
  baseline: string | null;
  whole: boolean;
  /** after a gap, or made from another state: every presence open until then ended with the second after the last line */
  anew: boolean;
  order?: string[];
  rooms: Record<string, Partial<RoomFrame>>;
  ended: Ended[];
  began: Began[];
};

/** What presences ended and began with a frame; `anew`: all of them. */
export type Turn = { anew: boolean; ended: Ended[]; began: Began[] };

/** The line that leads from the rooms of the frame before to this frame; `before` null makes a whole one. */
export function lineOf(frame: Frame, before: Rooms | null, { anew, ended, began }: Turn): Line {
  const { time, positions, venue, rule, baseline } = frame;
  const rooms: Line['rooms'] = {};
  for (const room of frame.rooms) {
    const changed = changedFields(room, before?.get(room.room));
    if (changed) rooms[room.room] = changed;
  }
  return {
    time,
    positions,
    venue,
    rule,
    baseline,
    whole: before === null,
    anew,
    ...(hasOrder(before, frame.rooms) ? {} : { order: frame.rooms.map(({ room }) => room) }),
    rooms,
    ended,
    began,
  };
}

/** The rooms before are these, in this order. */
function hasOrder(before: Rooms | null, rooms: readonly RoomFrame[]): boolean {
  if (before?.size !== rooms.length) return false;
  let i = 0;
  for (const room of before.keys()) if (room !== rooms[i++]!.room) return false;
  return true;
}

/** Null: none. Most rooms are what they were a second ago, and of those nothing is made. */
function changedFields(room: RoomFrame, before: RoomFrame | undefined): Partial<RoomFrame> | null {
  if (!before) return room;
  let changed: Record<string, unknown> | null = null;
  for (const field of FIELDS)
    if (room[field] !== before[field]) {
      changed ??= {};
      changed[field] = room[field];
    }
  if (room.age === grown(before.age)) return changed;
  return { ...changed, age: room.age };
}

/** All but the age. */
const FIELDS = Object.keys(RoomFrame.properties).filter((field) => field !== 'age') as (keyof RoomFrame)[];

/** An age (s, to the ms) a second later. */
const grown = (age: number | null): number | null => (age === null ? null : Math.round((age + 1) * 1000) / 1000);

/** The frame that a line leads to from the rooms before it. */
export function frameOf(line: Line, before: Rooms): Frame {
  const { time, positions, venue, rule, baseline } = line;
  const order = line.order ?? [...before.keys()];
  const rooms = order.map((room) => ({ ...passed(before.get(room)), ...line.rooms[room] }) as RoomFrame);
  return { time, positions, venue, rule, baseline, rooms };
}

/**
 * The same rooms a line on, changed in place, for whoever reads a whole day: nobody may keep what is in them. Rooms and
 * their fields are those of `frameOf`.
 */
export function advance(rooms: Rooms, line: Line): Rooms {
  for (const room of rooms.values()) room.age = grown(room.age);
  for (const [id, changed] of Object.entries(line.rooms)) {
    const room = rooms.get(id);
    if (room) Object.assign(room, changed);
    else rooms.set(id, { ...(changed as RoomFrame) });
  }
  return line.order ? new Map(line.order.map((id) => [id, rooms.get(id)!])) : rooms;
}

/** A room of which nothing was said for a second. */
const passed = (room: RoomFrame | undefined): RoomFrame | undefined => room && { ...room, age: grown(room.age) };

export const roomsOf = (frame: Frame): Rooms => new Map(frame.rooms.map((room) => [room.room, room]));

/** A line from its text; null for one that is still being written. */
export function parseLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

const TIME = /^\{"time":(\d+),/;
const CALM = '"ended":[],"began":[]}';

/**
 * The time of a line in which no presence began or ended, without reading the rest; null if it has to be read.
 */
export function calmTime(text: string): number | null {
  if (!text.endsWith(CALM) || text.includes('"anew":true')) return null;
  const time = TIME.exec(text)?.[1];
  return time === undefined ? null : Number(time);
}

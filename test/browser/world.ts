import { aheadIn } from '../../services/model/ahead.ts';
import type { Coverage, Frame, RoomFrame } from '../../services/model/frame.ts';
import { usually } from '../../services/model/usually.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import type { FrameRow } from '../../web/read/live-rows.ts';
import type { UsualRow } from '../../web/read/usual.ts';

/** What may be wrong with a room, or be unusual of it. */
export type Trouble = Coverage | 'over' | 'no temperature' | 'unusual' | 'old';

/** A little world whose frames are a function of time: no clock and no chance of its own. */
export type World = {
  venue: VenueFile;
  /** people in the rooms at the moment that is looked at */
  people: Record<string, number>;
  /** what is wrong, by room */
  troubles: Record<string, Trouble>;
  /** whether the movable wall is open */
  isMerged: boolean;
  /** whether it is known what is usual */
  hasHistory: boolean;
};

/** The demo's house on the morning of its mock-up. */
const MORNING: Record<string, number> = {
  maginnes: 27,
  'maginnes-1': 9,
  'mccurdy-1': 84,
  'mccurdy-2': 119,
  'mccurdy-3': 22,
  'mccurdy-12': 203,
  reception: 6,
  preassembly: 13,
  'preassembly-1': 4,
  lounge: 11,
  restaurant: 3,
  'hotel-bar': 1,
  'hotel-checkin': 1,
};
const CLAPS: Record<string, number> = {
  'mccurdy-2': 142,
  'mccurdy-12': 142,
  'mccurdy-1': 31,
  maginnes: 4,
  preassembly: 2,
};

export function demoWorld(now: number): World {
  const { start, zone } = layout(now);
  return { venue: demoVenue(start, zone), people: { ...MORNING }, troubles: {}, isMerged: false, hasHistory: false };
}

/** A venue as many have it: names and gateways, and no plan. */
export const bareVenue = (rooms: string[]): VenueFile => ({
  name: 'Bare house',
  zone: 'Europe/Dublin',
  rooms: rooms.map((name, i) => ({ id: `room-${i}`, name, ...(i % 3 !== 2 && { capacity: 10 + 10 * i }) })),
  gateways: rooms.map((_, i) => ({ id: `pi-${i}`, room: `room-${i}` })),
});

/** The rooms that there are now. */
function roomsOf({ venue, isMerged }: World): string[] {
  const merges = venue.merges ?? [];
  const gone = new Set(isMerged ? merges.flatMap(({ of }) => of) : merges.map(({ room }) => room));
  return venue.rooms.map(({ id }) => id).filter((id) => !gone.has(id));
}

/** A wave of an hour that ends, at any time, near what is wanted; the room gives it its own beginning. */
function peopleAt({ people }: World, room: string, time: number): number {
  const n = people[room] ?? 1 + (hash(room) % 30);
  const wave = Math.sin(time / 700_000 + hash(room));
  return Math.max(0, Math.round(n * (0.86 + 0.14 * wave)));
}

const hash = (text: string): number => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7);

/** What every room is like at a second. `still`: exactly the people that were asked for. */
export function frameAt(world: World, time: number, isStill = false): Frame {
  return {
    time,
    positions: [Math.floor(time / 1000)],
    venue: 'fixture',
    rule: 'fixture',
    baseline: 'fixture',
    rooms: roomsOf(world).map((room) => roomFrame(world, room, time, isStill)),
  };
}

/** What every room is like, as long as the world is as it is. */
export const stillAt = (world: World, time: number): Frame => frameAt(world, time, true);

function roomFrame(world: World, room: string, time: number, isStill: boolean): RoomFrame {
  const trouble = world.troubles[room];
  const all = gatewaysOf(world, room, time);
  const usual = isStill ? (world.people[room] ?? 1 + (hash(room) % 30)) : peopleAt(world, room, time);
  const capacity = world.venue.rooms.find(({ id }) => id === room)?.capacity ?? 50;
  const count = trouble === 'over' ? Math.round(capacity * 1.2) : usual;
  const coverage = coverageOf(trouble, all);
  const band =
    trouble === 'unusual'
      ? { expected: count + 31, low: count + 27, high: count + 35 }
      : world.hasHistory
        ? bandOf(world.people[room] ?? count)
        : NO_BAND;
  return {
    room,
    occupancy: coverage === 'unmeasured' ? null : count,
    parked: 0,
    claps: (CLAPS[room] ?? 0) / 10,
    temperature: trouble === 'no temperature' ? null : 20 + (hash(room) % 25) / 10,
    coverage,
    gateways: coverage === 'good' ? all : coverage === 'thin' ? Math.max(1, all - 1) : 0,
    age: trouble === 'old' ? 45 : 1 + (hash(room) % 8),
    ...band,
  };
}

/** Rows of `GET /v1/usual` in a span, UTC ms: two more or fewer than expected are usual. */
export function usualOf(world: World, { from, until }: { from: number; until: number }): UsualRow[] {
  const slots = Array.from({ length: Math.ceil((until - from) / SLOT_MS) }, (_, i) => from + i * SLOT_MS);
  const ahead = aheadIn({ from, until }, world.venue.zone);
  return slots.flatMap((time) =>
    stillAt(world, time).rooms.flatMap(({ room, expected }) => {
      if (expected === null) return [];
      const row = { measure: 'occupancy', rung: 'slot', n: 6, context: '' } as const;
      const sentence = usually({ ...row, q25: expected - 2, q75: expected + 2 }, time, ahead);
      return [{ room, from: time, until: time + SLOT_MS, sentence }];
    }),
  );
}
const SLOT_MS = 1_800_000;

/** Around what is wanted of a room: its wave leaves it now and then. */
const bandOf = (people: number) => ({
  expected: people,
  low: Math.round(people * 0.78),
  high: Math.round(people * 1.05),
});
const NO_BAND = { expected: null, low: null, high: null };

function coverageOf(trouble: Trouble | undefined, gateways: number): Coverage {
  if (gateways === 0) return 'unmeasured';
  const states: Trouble[] = ['deaf', 'silent', 'thin', 'unmeasured', 'gap'];
  return trouble && states.includes(trouble) ? (trouble as Coverage) : 'good';
}

function gatewaysOf({ venue }: World, room: string, time: number): number {
  const parts = (venue.merges ?? []).find((merge) => merge.room === room)?.of ?? [];
  const rooms = [room, ...parts];
  return venue.gateways.filter((gateway) => rooms.includes(gateway.room) && isValid(gateway, time)).length;
}

const isValid = ({ from, until }: VenueFile['gateways'][number], time: number): boolean =>
  (from === undefined || new Date(from).getTime() <= time) && (until === undefined || time < new Date(until).getTime());

/** Rows of `GET /v1/frames` up to `now`; `troubledFrom`: when what is wrong began. */
export function rowsOf(
  world: World,
  span: { from: number; until: number; stepMs: number },
  now: number,
  troubledFrom: number,
): FrameRow[] {
  const { from, until, stepMs } = span;
  const times = Array.from(
    { length: Math.max(0, Math.ceil((Math.min(until, now) - from) / stepMs)) },
    (_, i) => from + i * stepMs,
  );
  return times.flatMap((time) =>
    roomsOf(world).map((room): FrameRow => {
      const isTroubled = time + stepMs > troubledFrom;
      const frame = roomFrame(isTroubled ? world : { ...world, troubles: {} }, room, time, false);
      const frames = Math.min(stepMs, now - time) / 1000;
      return {
        room,
        time,
        average: frame.occupancy,
        peak: frame.occupancy,
        visitors: frame.occupancy,
        badgeMinutes: frame.occupancy,
        claps: frame.claps * frames,
        temperature: frame.temperature,
        coverage: frame.coverage,
        covered: frame.coverage === 'good' || frame.coverage === 'thin' ? 1 : 0,
        frames: Math.floor(frames),
      };
    }),
  );
}

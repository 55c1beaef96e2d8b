import { createFramer } from '../../services/locate/frames.ts';
import type { Change, Present } from '../../services/locate/locate.ts';
import type { RoomFrame } from '../../services/model/frame.ts';
import type { Observation, Sighting } from '../../services/model/observation.ts';
import { countedIn, type Venue } from '../../services/model/venue.ts';
import { createCrowd } from '../../services/simulate/crowd.ts';
import { createGateways } from '../../services/simulate/gateways.ts';
import { house } from '../../services/simulate/house.ts';
import { tell } from '../../services/simulate/story.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import type { BadgeTruth, RoomTruth, World, WorldOptions } from '../../services/simulate/world.ts';
import { simulateSource } from '../../services/source/simulate.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { conference, EPOCH, START } from './event.ts';

const SECOND_MS = 1000;
/** What is received later than this after its time moves no live frame (NUMBERS: Place in time). */
const LATE_MS = 300_000;
const PEOPLE = 300;
const SEED = 1;

/** What a badge is called in the frames. */
export const pseudonym = pseudonymiser(parseKeys('1:0123456789abcdef'));

/** One second of a world: what the frames say of it, beside what really was. Badges go by their pseudonyms. */
export type Seen = {
  time: number;
  rooms: ReadonlyMap<string, RoomFrame>;
  present: ReadonlyMap<string, Present>;
  changes: readonly Change[];
  /** sightings received in the second that ends with `time`, but for those that came late */
  heard: readonly Sighting[];
  truly: { rooms: readonly RoomTruth[]; badges: readonly BadgeTruth[] };
};

/** The conference's venue in a zone that is UTC; of a sparse world with the gateways that are there. */
export function venueOf(isSparse = false): Venue {
  const file = demoVenue(START, 'Etc/GMT');
  const there = new Set(house.gateways.filter((_, i) => !isSparse || i % 2 === 0).map(({ id }) => id));
  const parsed = parseVenue(JSON.stringify({ ...file, gateways: file.gateways.filter(({ id }) => there.has(id)) }));
  if (!('venue' in parsed)) throw new Error('expected a venue without a fault');
  return parsed.venue;
}

type Options = Pick<WorldOptions, 'everySeconds' | 'isSparse'>;
type Span = { from: number; until: number };

/**
 * Plays a world as the service does: its source makes the observations, what was received by a whole second makes its
 * frame. `see` is told of each second of (from, until], beside the truth.
 * @param isTaken what is handed on to the frames: everything if not given
 * @param keep is given everything too, a batch at a time, and waited for
 */
export async function play(
  options: Options,
  { from, until }: Span,
  see: (seen: Seen) => void,
  isTaken: (observation: Observation) => boolean = () => true,
  keep: (observations: Observation[]) => Promise<void> = async () => undefined,
): Promise<void> {
  const world = conference({ ...options, from });
  const venue = venueOf(options.isSparse);
  const framer = createFramer(venue, undefined, countedIn(venue));
  let time = from + SECOND_MS;
  let heard: Sighting[] = [];
  const tick = () => {
    const { rooms, changes } = framer.tick(time);
    const present = new Map(framer.present().map((one) => [one.badge, one]));
    see({ time, rooms: byRoom(rooms), present, changes, heard, truly: truthAt(world, time) });
    time += SECOND_MS;
    heard = [];
  };
  for await (const observations of batches(world, until)) {
    await keep(observations);
    for (const one of observations) {
      while (one.received > time) tick();
      if (!isTaken(one)) continue;
      framer.take(one);
      if (one.kind === 'sighting' && one.received - one.time <= LATE_MS) heard.push(one);
    }
  }
  while (time <= until) tick();
}

const byRoom = <T extends { room: string }>(rooms: readonly T[]) => new Map(rooms.map((one) => [one.room, one]));

function truthAt(world: World, time: number): Seen['truly'] {
  const { rooms, badges } = world.truth(time);
  return { rooms, badges: badges.map((one) => ({ ...one, badge: pseudonym(one.badge, time) })) };
}

/** What the source yields of a world until an instant (UTC ms), each batch safe at once. */
export async function* batches(world: World, until: number): AsyncGenerator<Observation[]> {
  const context = { source: 'simulate', received: 'recorded' as const, keepFrom: 0, pseudonym };
  const source = simulateSource(world, context, { speed: Number.POSITIVE_INFINITY, until });
  const reading = source(new AbortController().signal);
  for (let step = await reading.next(); !step.done; ) {
    const { observations } = step.value;
    yield observations;
    step = await reading.next({ position: 0, stored: observations.length, duplicates: new Uint32Array() });
  }
}

/** How many gateways of a room could bring what they hear in a second (UTC ms), and how many it has. */
export function createEars(isSparse = false): (room: string, time: number) => { hear: number; all: number } {
  const gateways = createGateways(SEED, tell('conference', START, true, createCrowd(SEED, PEOPLE)));
  const venue = venueOf(isSparse);
  const there = new Set(venue.gateways.map(({ id }) => id));
  const parts = new Map(venue.merges.map(({ room, of }) => [room, of]));
  const idsOf = (room: string) =>
    house.gateways.flatMap((one, i) =>
      there.has(one.id) && (parts.get(room) ?? [room]).includes(one.room) ? [i] : [],
    );
  const known = new Map<string, number[]>();
  return (room, time) => {
    const ids = known.get(room) ?? idsOf(room);
    known.set(room, ids);
    const second = (time - EPOCH) / SECOND_MS;
    const isAway = (gateway: number) => {
      const outage = gateways.outage(gateway);
      return outage !== null && outage.from <= second && second < outage.until;
    };
    return { hear: ids.filter((id) => gateways.hears(id, second) && !isAway(id)).length, all: ids.length };
  };
}

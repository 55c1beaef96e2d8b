import type { RoomFrame } from '../model/frame.ts';
import type { Observation, Sighting } from '../model/observation.ts';
import type { Counted, Venue } from '../model/venue.ts';
import type { Badge } from './badge.ts';
import { type Claps, gaugeAt, newClaps, sweepClaps, takeClaps, tickClaps } from './claps.ts';
import { coverageOf } from './coverage.ts';
import { type Density, isSparse, sweepDensity, takeHeard } from './density.ts';
import { createRoomAt, createStandings, type Standing } from './floorplan.ts';
import { type Hearing, newHearing, takeEar, tickHearing, type Wellness, wellnessOf } from './hearing.ts';
import { type Change, createLocator, type LocateState, type Present } from './locate.ts';
import { median } from './median.ts';
import { newQueue } from './queue.ts';
import { AHEAD_MARK_MS, AHEAD_MS, HOUR_MS, LATE_MS, SECOND_MS } from './rule.ts';
import {
  excessOf,
  measured,
  newWarmth,
  sweepWarmth,
  takeFeeling,
  takeSensor,
  venueTemperature,
  type Warmth,
} from './temperature.ts';

/** Seconds in which a badge must have been in a room to count as there throughout (NUMBERS: Coverage of a room). */
const THROUGHOUT_MS = 300_000;
const MINUTE_MS = 60_000;
/** Times whose early ones are remembered at most; a repeat of one that had to go counts once more. */
const EARLY_MAX = 50_000;

/**
 * What came before its own time: by that and by its key the instant it counts at, UTC ms. A repeat comes later and would
 * count then too (NUMBERS: What `locate` keeps). As in `samples.ts`, one that is marked ahead is not remembered.
 */
type Early = Map<number, Map<string, number>>;

/** All that frames are made from; plain data for `v8.serialize`. */
export type FramesState = {
  locate: LocateState;
  claps: Claps;
  warmth: Warmth;
  hearing: Hearing;
  density: Density;
  early: Early;
  pending: Observation[];
};

/** Makes the frame of each whole second from what has been received by then; it has no clock of its own. */
export type Framer = {
  /** Anything observed, when it has been received: in any order, repeats allowed. */
  take(observation: Observation): void;
  /** Advances to `second` (a whole one, UTC ms) and says what every room was like, and which presences changed. */
  tick(second: number): { rooms: RoomFrame[]; changes: Change[] };
  present(): Present[];
  /** how each gateway that ever spoke is at `second`, UTC ms */
  wellness(second: number): Map<string, Wellness>;
  /** All that it knows, shared with it: to be written down before anything else is taken. */
  save(): FramesState;
};

/**
 * @param counted which badges are in a group that counts
 */
export function createFramer(venue: Venue, state?: FramesState, counted: Counted = () => true): Framer {
  const locator = createLocator(venue, state?.locate);
  const roomAt = createRoomAt(venue);
  const standings = createStandings(venue);
  const senses = state ? copySenses(state) : newSenses();
  const pending = newQueue(state?.pending);

  const tick = (second: number) => {
    const due = pending.upTo(second);
    const { rooms, walls } = standings(second);
    sense(senses, (gateway, t) => roomAt(gateway, t, walls), due, second);
    for (const observation of due) if (observation.kind === 'sighting') locator.take(observation);
    const changes = locator.tick(second);
    return { changes, rooms: look(senses, rooms, locator.badges(), counted, second) };
  };
  return {
    take: pending.put,
    tick,
    present: locator.present,
    wellness: (second) =>
      new Map([...senses.hearing.ears.keys()].map((id) => [id, wellnessOf(senses.hearing, id, second)])),
    save: () => ({ locate: locator.save(), ...senses, pending: pending.left() }),
  };
}

/** What is known of claps, warmth, hearing and density: plain data. */
export type Senses = { claps: Claps; warmth: Warmth; hearing: Hearing; density: Density; early: Early };

/** Where a gateway stood at an instant. */
export type RoomOf = (gateway: string, t: number) => string | undefined;

export const newSenses = (): Senses => ({
  claps: newClaps(),
  warmth: newWarmth(),
  hearing: newHearing(),
  density: new Map(),
  early: new Map(),
});

const copySenses = ({ claps, warmth, hearing, density, early }: Senses): Senses =>
  structuredClone({ claps, warmth, hearing, density, early });

/** Takes in what was received, in the order of t and content, so that the order in which it came does not matter. */
export function sense(senses: Senses, roomOf: RoomOf, due: Observation[], now: number): void {
  rememberEarly(senses.early, due);
  const placed: { t: number; observation: Observation }[] = [];
  for (const observation of due) {
    const t = placeInTime(senses.early, observation);
    if (t !== null) placed.push({ t, observation });
  }
  placed.sort((a, b) => a.t - b.t);
  for (const { t, observation } of placed) {
    if (observation.kind === 'sighting') senseSighting(senses, roomOf(observation.gateway, t), observation, t, now);
    else if (observation.kind === 'heartbeat')
      takeEar(senses.hearing, observation.gateway, null, t, now, observation.received - t);
    else if (observation.quantity === 'temperature')
      takeSensor(senses.warmth, observation.sensor, t, observation.value);
  }
  forgetEarly(senses.early, now);
  tickClaps(senses.claps, now);
  tickHearing(senses.hearing, now);
  if (now % HOUR_MS === 0) sweepWarmth(senses.warmth, now);
  if (now % HOUR_MS === 0) sweepClaps(senses.claps, now);
  if (now % LATE_MS === 0) sweepDensity(senses.density, now);
}

/** What an observation counts at; null if it is late or too far ahead and moves no frame (NUMBERS: Place in time). */
function placeInTime(early: Early, observation: Observation): number | null {
  const { time, received } = observation;
  const delay = received - time;
  if (delay > LATE_MS || delay < -AHEAD_MS) return null;
  const t = Math.min(time, received);
  return Math.min(t, early.get(time)?.get(keyOf(observation)) ?? t);
}

/** Among those of one time. */
const keyOf = (one: Observation): string => {
  if (one.kind === 'sighting') return `${one.gateway} ${one.badge}`;
  return one.kind === 'measurement' ? `${one.sensor} ${one.quantity}` : one.gateway;
};

/** Of two copies the first received tells when they count, in whatever order they are handed over. */
function rememberEarly(early: Early, due: Observation[]): void {
  for (const one of due) {
    const { time, received } = one;
    if (time <= received || time - received > AHEAD_MARK_MS) continue;
    const known = early.get(time) ?? new Map<string, number>();
    early.set(time, known);
    const key = keyOf(one);
    if (received < (known.get(key) ?? time)) known.set(key, received);
  }
}

/** Once a minute those whose repeat would be late, and always the oldest beyond the bound. */
function forgetEarly(early: Early, now: number): void {
  if (now % MINUTE_MS === 0) for (const time of early.keys()) if (time < now - LATE_MS) early.delete(time);
  for (const time of early.keys()) {
    if (early.size <= EARLY_MAX) break;
    early.delete(time);
  }
}

function senseSighting(senses: Senses, room: string | undefined, sighting: Sighting, t: number, now: number): void {
  const { gateway, badge, claps, temperature, received } = sighting;
  takeEar(senses.hearing, gateway, badge, t, now, received - t);
  if (room !== undefined) takeHeard(senses.density, room, badge, t);
  if (claps !== null) takeClaps(senses.claps, badge, t, claps);
  if (temperature !== null) takeFeeling(senses.warmth, badge, t, temperature);
}

/** What the badges in one room say: numbers of them, claps of their gauges, what they feel beyond their own, 0.01 °C. */
type Crowd = {
  occupancy: number;
  parked: number;
  claps: number;
  excesses: number[];
  /** of those who have been there throughout, how often each speaks, s */
  cadences: number[];
};

const newCrowd = (): Crowd => ({ occupancy: 0, parked: 0, claps: 0, excesses: [], cadences: [] });
/** To be looked at only. */
const NOBODY = newCrowd();

/** What of a badge counts in a room. */
export type Here = Pick<Badge, 'id' | 'room' | 'parked' | 'visit'> & { cadence: { seconds: number } };

/** What every room is like, once all that was received is in. */
export function look(
  senses: Senses,
  rooms: Standing[],
  badges: ReadonlyMap<string, Readonly<Here>>,
  counted: Counted,
  now: number,
): RoomFrame[] {
  const crowds = new Map<string, Crowd>();
  for (const badge of badges.values())
    if (badge.room !== null) join(crowdIn(crowds, badge.room), senses.warmth, badge, counted, now);
  for (const id of senses.claps.loud) {
    const room = badges.get(id)?.room;
    if (room != null) crowdIn(crowds, room).claps += gaugeAt(senses.claps, id, now);
  }
  const usual = venueTemperature(senses.warmth);
  return rooms.map((standing) => lookAt(senses, standing, crowds.get(standing.room) ?? NOBODY, usual, now));
}

function crowdIn(crowds: Map<string, Crowd>, room: string): Crowd {
  let crowd = crowds.get(room);
  if (!crowd) {
    crowd = newCrowd();
    crowds.set(room, crowd);
  }
  return crowd;
}

function join(crowd: Crowd, warmth: Warmth, badge: Readonly<Here>, counted: Counted, now: number): void {
  if (badge.parked) crowd.parked += 1;
  else if (counted(badge.id, now)) crowd.occupancy += 1;
  const excess = excessOf(warmth, badge.id, now);
  if (excess !== null) crowd.excesses.push(excess);
  if (badge.visit <= now - THROUGHOUT_MS) crowd.cadences.push(badge.cadence.seconds);
}

function lookAt(
  { warmth, hearing, density }: Senses,
  { room, gateways, sensors }: Standing,
  { occupancy, parked, claps, excesses, cadences }: Crowd,
  usual: number | null,
  now: number,
): RoomFrame {
  const wellness = gateways.map((gateway) => wellnessOf(hearing, gateway, now));
  const coverage = coverageOf(wellness, isSparse(density, room, cadences, now));
  const isMeasured = coverage !== 'unmeasured';
  const felt = usual === null || excesses.length === 0 ? null : median(excesses)! + usual;
  const temperature = measured(warmth, sensors, now) ?? felt;
  const newest = newestOf(hearing, gateways);
  return {
    room,
    occupancy: isMeasured ? occupancy : null,
    parked: isMeasured ? parked : null,
    claps: claps / 10,
    temperature: temperature === null ? null : Math.round(temperature) / 100,
    coverage,
    gateways: wellness.filter((one) => one === 'good').length,
    age: newest === Number.NEGATIVE_INFINITY ? null : (now - newest) / SECOND_MS,
    expected: null,
    low: null,
    high: null,
  };
}

/** When one of them spoke last, UTC ms; −Infinity: never. */
function newestOf({ ears }: Hearing, gateways: string[]): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const gateway of gateways) newest = Math.max(newest, ears.get(gateway)?.newest ?? newest);
  return newest;
}

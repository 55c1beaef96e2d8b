import type { Observation, Sighting } from '../model/observation.ts';
import type { Presence } from '../model/presence.ts';
import type { Span, Venue } from '../model/venue.ts';
import { type Badge, forgetSamples, givenUpAt, isForgotten } from './badge.ts';
import { rollHours } from './cadence.ts';
import { clear, levelOf } from './decide.ts';
import { hear } from './hear.ts';
import { forgetEars, recall } from './mute.ts';
import { createPlaces } from './places.ts';
import { restAt } from './rest.ts';
import { HOUR_MS, LATE_MS, SECOND_MS, WEIGHING } from './rule.ts';
import { createScene, type Scene, strongestSince, weighSince } from './scene.ts';
import { type Cuts, presencesIn, type Stay } from './stays.ts';
import { carry, decide, follow, isStill, type Leg, legTo, newTrail, type Trail } from './trail.ts';

/** A word is what was heard within four cadences, but no longer: words of a badge that hardly speaks stand alone. */
const WORD_MAX_MS = 10_000;

/** How far a badge is known: its stay that goes on, when it was heard last, and when it is given up. */
type Track = { badge: Badge; trail: Trail; stay: Stay | null; spoke: number; heard: number; givenUp: number };

type Run = { scene: Scene; tracks: Map<string, Track>; cuts: Cuts; made: Presence[] };

/** Ends that are not given are open. */
export type CorrectedOptions = Partial<Span>;

/**
 * The corrected presences of sightings in the order of `time`, which is when they truly happened (skew is off, nothing is late:
 * `received` equals it). Rooms are decided by what came before and after (`trail.ts`); a presence begins in the second its
 * badge was first heard, a change lies half-way between two words, and it ends with the second it was last heard;
 * it is parked from the first minute that it lay. Those that reach out of the span are cut at its ends, their `visit` stays.
 */
export async function* correctedOf(
  batches: AsyncIterable<readonly Observation[]> | Iterable<readonly Observation[]>,
  venue: Venue,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: CorrectedOptions = {},
): AsyncGenerator<Presence> {
  const run: Run = {
    scene: createScene(createPlaces(venue), venue.zone, WEIGHING),
    tracks: new Map(),
    cuts: { from: wholeSecond(from), until: wholeSecond(until), zone: venue.zone },
    made: [],
  };
  const walls = wallsOf(venue);
  let taken: Sighting[] = [];
  let second = Number.NEGATIVE_INFINITY;
  for await (const batch of batches) {
    for (const observation of batch) {
      if (observation.kind !== 'sighting') continue;
      const due = wholeSecond(observation.time);
      if (due > second) {
        tick(run, second, taken);
        taken = [];
        pass(run, walls, second, due);
        second = due;
      }
      taken.push(observation);
    }
    yield* run.made.splice(0);
  }
  tick(run, second, taken);
  for (const track of run.tracks.values()) end(run, track, second);
  yield* run.made;
}

const wholeSecond = (time: number): number => Math.ceil(time / SECOND_MS) * SECOND_MS;

const wallsOf = ({ merges }: Venue): number[] =>
  [...new Set(merges.flatMap(({ from, until }) => [from, until]).map(wholeSecond))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);

/** Walls that moved while nobody was heard, each in its turn. */
function pass(run: Run, walls: number[], after: number, before: number): void {
  if (run.tracks.size > 0) for (const wall of walls) if (wall > after && wall < before) tick(run, wall, []);
}

/** One second: walls, then what was heard in it. */
function tick(run: Run, second: number, taken: Sighting[]): void {
  const { scene } = run;
  if (second === Number.NEGATIVE_INFINITY) return;
  const before = scene.now;
  scene.now = second;
  if (Math.floor(before / LATE_MS) !== Math.floor(second / LATE_MS)) sweep(run, before);
  if (scene.places.at(second)) for (const track of run.tracks.values()) rehouse(run, track);
  for (const badge of hear(scene, taken)) speak(run, trackOf(run, badge));
}

function trackOf({ tracks }: Run, badge: Badge): Track {
  const known = tracks.get(badge.id);
  if (known?.badge === badge) return known;
  const heard = Number.NEGATIVE_INFINITY;
  const made: Track = { badge, trail: newTrail(), stay: null, spoke: heard, heard, givenUp: heard };
  tracks.set(badge.id, made);
  return made;
}

/** Once in five minutes samples go that are too old, once an hour what lies a day back is unlearnt. */
function sweep(run: Run, before: number): void {
  const { scene, tracks } = run;
  const isHour = Math.floor(before / HOUR_MS) !== Math.floor(scene.now / HOUR_MS);
  if (isHour) forgetEars(scene.ears, scene.now);
  for (const badge of scene.badges.values()) {
    forgetSamples(badge, scene.now);
    if (isHour) rollHours(badge.cadence, scene.now / SECOND_MS);
    if (!isHour || !isForgotten(badge, scene.now)) continue;
    const track = tracks.get(badge.id);
    if (track) hush(run, track);
    tracks.delete(badge.id);
    scene.badges.delete(badge.id);
  }
}

/** Something new of a badge was heard in this second. */
function speak(run: Run, track: Track): void {
  const { badge, trail } = track;
  const { now } = run.scene;
  const cadenceMs = badge.cadence.seconds * SECOND_MS;
  const window = WEIGHING.windowCadences * cadenceMs;
  const { rooms, strongest } = weighSince(run.scene, badge, Math.min(WORD_MAX_MS, window));
  recall(run.scene, badge, trail.ways[0]?.leg.room ?? null, rooms, window);
  if (rooms.length === 0) return;
  const isSilent = now > track.givenUp;
  const word = !isSilent && isStill(trail, rooms) ? null : new Map(rooms.map((room) => [room.id, levelOf(room)]));
  clear(rooms);
  if (isSilent) hush(run, track);
  const level = window > WORD_MAX_MS ? strongestSince(run.scene, badge, window) : strongest;
  // What a word tells of happened in the middle of its window, if other words fill it; a lonely one tells of now.
  const age = cadenceMs <= WORD_MAX_MS ? Math.min(WORD_MAX_MS, window) / 2 : 0;
  const turn = track.stay || trail.words.length > 0 ? (track.spoke + now) / 2 - age : now;
  trail.words.push(now, badge.heard, level);
  // Nobody was in a room before a wall made it.
  const legs = word ? follow(trail, word, now, (room) => Math.max(turn, run.scene.places.since(room))) : NOTHING;
  settle(run, track, legs);
  track.spoke = now;
  track.heard = badge.heard;
  track.givenUp = givenUpAt(badge);
}

const NOTHING: Leg[] = [];

/** The words that led to decided legs are told again, now that it is known where they were said. */
function settle(run: Run, track: Track, legs: Leg[]): void {
  const { ways, words } = track.trail;
  if (ways.length !== 1) return;
  let heard = track.heard;
  let next = 0;
  for (let i = 0; i < words.length; i += 3) {
    for (; next < legs.length && legs[next]!.from <= words[i]!; next += 1) enter(run, track, legs[next]!, heard);
    heard = words[i + 1]!;
    if (track.stay) lie(track.badge, track.stay, words[i]!, words[i + 2]!);
  }
  for (; next < legs.length; next += 1) enter(run, track, legs[next]!, heard);
  words.length = 0;
}

function enter(run: Run, track: Track, { room, from, reason, isCarried }: Leg, heard: number): void {
  const { badge, stay } = track;
  leave(run, track, from, heard);
  track.stay = { room, from, reason, parked: [] };
  if (!isCarried || !stay) return;
  badge.rest.room = room;
  if (badge.parked) track.stay.parked.push({ from, until: Number.POSITIVE_INFINITY });
}

function leave(run: Run, track: Track, until: number | null, heard: number): void {
  const { stay, badge } = track;
  if (stay) run.made.push(...presencesIn(badge.id, stay, until, heard, run.cuts));
  track.stay = null;
}

/** Is it parked, and since when (`rest.ts`)? Both are known only afterwards. */
function lie(badge: Badge, { room, from, parked }: Stay, now: number, level: number): void {
  const was = badge.parked;
  badge.parked = restAt(badge.rest, room, level, now);
  const since = Math.max(from, wholeSecond(badge.rest.since));
  if (badge.parked && parked.at(-1)?.until !== Number.POSITIVE_INFINITY)
    parked.push({ from: was ? from : since, until: Number.POSITIVE_INFINITY });
  const last = parked.at(-1);
  if (!badge.parked && last?.until === Number.POSITIVE_INFINITY) last.until = Math.max(last.from, since);
}

/** It was not heard any more: its stay ended with the second in which it was heard last; it is remembered where. */
function hush(run: Run, track: Track): void {
  const { trail } = track;
  fallSilent(run, track);
  const home = trail.ways[0]?.leg.room;
  trail.decided = null;
  if (home !== undefined) trail.ways = [{ leg: legTo(home, null, run.scene.now), cost: 0 }];
}

/** A wall that moved after it was heard last moved without it. */
function fallSilent(run: Run, track: Track): void {
  const until = wholeSecond(track.heard) + SECOND_MS;
  const legs = decide(track.trail).filter(({ from }) => from < until);
  settle(run, track, legs);
  leave(run, track, until, track.heard);
}

/** After the last word of all: who may speak again is still there. */
function end(run: Run, track: Track, last: number): void {
  if (track.givenUp <= last) fallSilent(run, track);
  else {
    settle(run, track, decide(track.trail));
    leave(run, track, null, track.heard);
  }
}

/** A wall was opened or closed: who was in a part is in the whole, who was in the whole may be in any part. */
function rehouse(run: Run, track: Track): void {
  const { places, now } = run.scene;
  if (now > track.givenUp) hush(run, track);
  const becomes = (room: string): string[] => {
    const parts = places.partsOf(room);
    return parts.length > 0 ? parts.map(({ id }) => id) : [places.roomOf(room).id];
  };
  const before = track.trail.ways[0]?.leg.room;
  carry(track.trail, now, becomes, before === undefined ? '' : `${before} opened or closed`);
}

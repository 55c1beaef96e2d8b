import type { Sighting } from '../model/observation.ts';
import type { Venue } from '../model/venue.ts';
import { type Badge, copyBadge, type Standing } from './badge.ts';
import { nextMidnight } from './midnight.ts';
import { copyEar, type Ear } from './mute.ts';
import { createPlaces } from './places.ts';
import { AHEAD_MS, LATE_MS, RULE, SECOND_MS, WEIGHING, type Weighing } from './rule.ts';
import { type Change, createScene, type Scene, sleep } from './scene.ts';
import { step } from './step.ts';

export { RULE } from './rule.ts';
export type { Change } from './scene.ts';

/** A badge that is present: where, since when unbroken, and how often it speaks (`cadence`, seconds). */
export type Present = Standing & { badge: string; room: string; heard: number; cadence: number };

/** All that is kept, plain data for `v8.serialize`. Only the rule that made it takes it up: any other starts cold. */
export type LocateState = {
  rule: string;
  venue: string;
  now: number;
  badges: Badge[];
  ears: Map<string, Ear>;
  pending: Sighting[];
};

/** Which room every badge is in, second by second; it has no clock of its own. */
export type Locator = {
  /** A sighting, when it has been received: in any order, repeats allowed. It counts in the first tick from then on. */
  take(sighting: Sighting): void;
  /**
   * Advances to `second` (a whole one, UTC ms, later than the last) and says what changed, in the order of time, badge.
   * Seconds may be skipped: what was taken counts in the last one, the others pass in silence, each in its turn.
   */
  tick(second: number): Change[];
  /** The badges that are present, as of the last tick. */
  present(): Present[];
  /** By id all badges that are remembered, those in no room too, as of the last tick: to be looked at, not changed. */
  badges(): ReadonlyMap<string, Readonly<Badge>>;
  /** All that is kept, shared with the locator: to be written down before anything else is taken. */
  save(): LocateState;
};

/**
 * Decides rooms by DESIGN §4 and NUMBERS.md. A badge is decided again in each second in which something new of it was
 * taken. Gateways that the venue does not know (then) count in no room and keep nobody present; they do teach the
 * cadence, for how often a badge speaks does not depend on who listens.
 * @param weighing for `test/locate/choose.ts`, which asks what other numbers would do
 * @param venue may differ from that of `state`: what was heard is weighed anew, walls are looked at in the first second
 */
export function createLocator(venue: Venue, state?: LocateState, weighing: Weighing = WEIGHING): Locator {
  const scene = createScene(createPlaces(venue), venue.zone, weighing);
  let pending: Sighting[] = [];
  if (state?.rule === RULE) pending = restore(scene, venue, state);
  return {
    take(sighting) {
      const late = sighting.received - sighting.time;
      if (late <= LATE_MS && late >= -AHEAD_MS) pending.push(sighting);
    },
    tick(second) {
      if (!(second > scene.now && second % SECOND_MS === 0)) {
        throw new RangeError(`tick: expected a whole second after ${scene.now}, found ${second}`);
      }
      const taken = pending;
      pending = taken.filter(({ received }) => received > second);
      return advance(scene, second, pending.length > 0 ? taken.filter(({ received }) => received <= second) : taken);
    },
    present: () => [...scene.badges.values()].filter(isPresent).map(presentOf),
    badges: () => scene.badges,
    save: () => ({
      rule: RULE,
      venue: venue.version,
      now: scene.now,
      badges: [...scene.badges.values()],
      ears: scene.ears,
      pending: pending.slice(),
    }),
  };
}

const NOTHING: Sighting[] = [];

function advance(scene: Scene, second: number, taken: Sighting[]): Change[] {
  const changes: Change[] = [];
  // nothing happens to nobody: years between two lines of a file cost no more than the day that badges are remembered
  if (scene.badges.size === 0) scene.now = second - SECOND_MS;
  while (scene.now < second) {
    scene.now += SECOND_MS;
    for (const change of step(scene, scene.now === second ? taken : NOTHING)) changes.push(change);
    if (scene.badges.size === 0) scene.now = Math.max(scene.now, second - SECOND_MS);
  }
  return changes;
}

function restore(scene: Scene, venue: Venue, state: LocateState): Sighting[] {
  if (state.now > scene.now) scene.midnight = nextMidnight(venue.zone, state.now);
  scene.now = state.now;
  if (state.venue === venue.version) scene.places.at(state.now);
  for (const [gateway, ear] of state.ears) scene.ears.set(gateway, copyEar(ear));
  for (const saved of state.badges) {
    const badge = { ...copyBadge(saved), wake: Number.POSITIVE_INFINITY };
    scene.badges.set(badge.id, badge);
    sleep(scene, badge);
  }
  return state.pending.slice();
}

const isPresent = (badge: Badge): badge is Badge & { room: string } => badge.room !== null;

const presentOf = (badge: Badge & { room: string }): Present => ({
  badge: badge.id,
  room: badge.room,
  parked: badge.parked,
  visit: badge.visit,
  reason: badge.reason,
  heard: badge.heard,
  cadence: badge.cadence.seconds,
});

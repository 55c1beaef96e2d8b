import type { Observation } from '../model/observation.ts';
import type { Presence } from '../model/presence.ts';
import type { Venue } from '../model/venue.ts';
import { createLocator, type LocateState, type Locator } from './locate.ts';
import { createPresences, type Presences } from './presences.ts';
import { SECOND_MS } from './rule.ts';

/** Bounds of what is asked for, UTC ms, whole seconds; what lies before `from` only teaches. */
export type RunOptions = {
  from?: number;
  until?: number;
  /** where an earlier run had got to */
  state?: LocateState;
};
type Batches = AsyncIterable<Observation[]> | Iterable<Observation[]>;

/**
 * The presences, as seen, of observations in the order of `received`: each when it has ended, those still open last.
 * Ticks every whole second from the first to the last received. What was received in a second that has passed counts
 * in the next, as it does live. A presence that began before `from` begins there, one that goes on at `until` ends
 * there; their `visit` stays what it was.
 */
export async function* presencesOf(
  batches: Batches,
  venue: Venue,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, state }: RunOptions = {},
): AsyncGenerator<Presence> {
  const locator = createLocator(venue, state);
  const presences = createPresences(locator.present(), state?.now);
  let second = state ? state.now + SECOND_MS : Number.NEGATIVE_INFINITY;
  reading: for await (const batch of batches) {
    for (const observation of batch) {
      const due = Math.ceil(observation.received / SECOND_MS) * SECOND_MS;
      if (due > second) {
        yield* ended(locator, presences, second, from);
        second = Math.min(due, until);
      }
      if (due >= until) break reading;
      if (observation.kind === 'sighting') locator.take(observation);
    }
  }
  yield* ended(locator, presences, second, from);
  const isCut = second >= until;
  for (const presence of presences.open(locator.present()))
    yield clip({ ...presence, until: isCut ? until : null }, from);
}

function* ended(locator: Locator, presences: Presences, second: number, from: number): Generator<Presence> {
  if (second === Number.NEGATIVE_INFINITY) return;
  for (const change of locator.tick(second)) {
    const presence = presences.take(change);
    if (presence && presence.until! > from) yield clip(presence, from);
  }
}

const clip = (presence: Presence, from: number): Presence => ({ ...presence, from: Math.max(presence.from, from) });

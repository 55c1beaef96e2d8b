import type { Observation } from '../model/observation.ts';
import type { Presence } from '../model/presence.ts';
import type { Venue } from '../model/venue.ts';
import { createLocator, type LocateState, type Locator } from './locate.ts';
import { createPresences, type Presences } from './presences.ts';
import { SECOND_MS } from './rule.ts';

/** Bounds of what is asked for, UTC ms, taken to whole seconds; what lies before `from` only teaches. */
export type RunOptions = {
  from?: number;
  until?: number;
  /** where an earlier run had got to */
  state?: LocateState;
};
type Batches = AsyncIterable<Observation[]> | Iterable<Observation[]>;

/**
 * The presences, as seen, of observations in the order of `received`: each when it has ended, those still open last.
 * Ticks every whole second from the first to the last received, and to `until` if that is given. What was received in a second that has passed counts
 * in the next, as it does live. A presence that began before `from` begins there, one that goes on at `until` ends
 * there; their `visit` stays what it was.
 */
export async function* presencesOf(batches: Batches, venue: Venue, options: RunOptions = {}): AsyncGenerator<Presence> {
  const from = wholeSecond(options.from ?? Number.NEGATIVE_INFINITY);
  const until = wholeSecond(options.until ?? Number.POSITIVE_INFINITY);
  const locator = createLocator(venue, options.state);
  const presences = createPresences(locator.present(), options.state?.now);
  let second = options.state ? options.state.now + SECOND_MS : Number.NEGATIVE_INFINITY;
  reading: for await (const batch of batches) {
    for (const observation of batch) {
      const due = wholeSecond(observation.received);
      if (due > second) {
        yield* ended(locator, presences, second, from);
        second = Math.min(due, until);
      }
      if (due >= until) break reading;
      if (observation.kind === 'sighting') locator.take(observation);
    }
  }
  yield* ended(locator, presences, second, from);
  // Silence ends presences too: after the last observation time goes on to the end of what is asked.
  while (Number.isFinite(until) && second < until && locator.present().length > 0) {
    second += SECOND_MS;
    yield* ended(locator, presences, second, from);
  }
  yield* open(locator, presences, second, from, until);
}

function* ended(locator: Locator, presences: Presences, second: number, from: number): Generator<Presence> {
  if (second === Number.NEGATIVE_INFINITY) return;
  for (const change of locator.tick(second)) {
    const presence = presences.take(change);
    if (presence && presence.until! > from) yield clip(presence, from);
  }
}

/** Those that go on after the last `second`: for all that is known, or up to the bound. */
function* open(
  locator: Locator,
  presences: Presences,
  second: number,
  from: number,
  until: number,
): Generator<Presence> {
  const isCut = second >= until;
  if (second < from) return;
  for (const presence of presences.open(locator.present())) {
    if (presence.from < until) yield clip({ ...presence, until: isCut ? until : null }, from);
  }
}

const clip = (presence: Presence, from: number): Presence => ({ ...presence, from: Math.max(presence.from, from) });

const wholeSecond = (time: number): number => Math.ceil(time / SECOND_MS) * SECOND_MS;

import type { RoomFrame } from '../model/frame.ts';
import type { Observation } from '../model/observation.ts';
import type { Presence } from '../model/presence.ts';
import { countedIn, type Span, type Venue } from '../model/venue.ts';
import { type Cadence, hearSecond, newCadence, rollHours } from './cadence.ts';
import { createRoomAt, createStandings } from './floorplan.ts';
import { type Here, look, newSenses, sense } from './frames.ts';
import { HOUR_MS, SECOND_MS } from './rule.ts';

const MINUTE_MS = 60_000;
/** No gateway speaks that was not heard for longer. */
const SILENT_MS = 300_000;

/** Told of each frame, in the order of time. */
export type EachCorrected = (time: number, rooms: RoomFrame[]) => void;

/** Who is present, second by second, from presences in the order of `from`. */
type Attendance = { here: Map<string, Here>; at(second: number): void };

/**
 * Makes the corrected frames of a span (whole seconds): who is in a room is what `presences` say (in the order of `from`),
 * all else is what the frames of live are made of, from `observations` in the order in which they truly happened; those
 * before the span only teach. A second is a gap where no frame was shown (`isShown`), nobody is present and no gateway speaks.
 */
export async function correctedFrames(
  observations: AsyncIterable<Observation[]> | Iterable<Observation[]>,
  presences: Presence[],
  venue: Venue,
  span: Span,
  isShown: (second: number) => boolean,
  each: EachCorrected,
): Promise<void> {
  const tick = createTicks(venue, presences, span, isShown, each);
  let second = Number.NEGATIVE_INFINITY;
  let due: Observation[] = [];
  reading: for await (const batch of observations)
    for (const observation of batch) {
      const own = Math.ceil(observation.time / SECOND_MS) * SECOND_MS;
      if (second === Number.NEGATIVE_INFINITY) second = Math.min(own, span.from);
      for (; second < own && second < span.until; second += SECOND_MS) {
        tick(second, due);
        due = [];
      }
      if (second >= span.until) break reading;
      due.push(observation);
    }
  if (second === Number.NEGATIVE_INFINITY) second = span.from;
  for (; second < span.until; second += SECOND_MS) {
    tick(second, due);
    due = [];
  }
}

function createTicks(
  venue: Venue,
  presences: Presence[],
  span: Span,
  isShown: (second: number) => boolean,
  each: EachCorrected,
): (second: number, due: Observation[]) => void {
  const senses = newSenses();
  const roomAt = createRoomAt(venue);
  const standings = createStandings(venue);
  const counted = countedIn(venue);
  const cadences = new Map<string, Cadence>();
  const attendance = attend(presences, cadences);
  let newest = Number.NEGATIVE_INFINITY;
  return (second, due) => {
    const { rooms, walls } = standings(second);
    newest = due.at(-1)?.time ?? newest;
    // Between minutes nothing happens in a second in which nothing was heard.
    if (due.length > 0 || second % MINUTE_MS === 0)
      sense(senses, (gateway, t) => roomAt(gateway, t, walls), due, second);
    learn(cadences, due, second);
    if (second < span.from) return;
    attendance.at(second);
    if (attendance.here.size === 0 && second - newest > SILENT_MS && !isShown(second)) return;
    const frames = look(senses, rooms, attendance.here, counted, second);
    const isSilent = attendance.here.size === 0 && frames.every(({ coverage }) => isUnheard(coverage));
    if (!isSilent || isShown(second)) each(second, frames);
  };
}

const isUnheard = (coverage: string): boolean => coverage === 'silent' || coverage === 'unmeasured';

function learn(cadences: Map<string, Cadence>, due: Observation[], second: number): void {
  for (const one of due) {
    if (one.kind !== 'sighting') continue;
    const cadence = cadences.get(one.badge) ?? newCadence();
    cadences.set(one.badge, cadence);
    hearSecond(cadence, Math.floor(one.time / SECOND_MS), second / SECOND_MS);
  }
  if (second % HOUR_MS === 0) for (const cadence of cadences.values()) rollHours(cadence, second / SECOND_MS);
}

function attend(presences: Presence[], cadences: Map<string, Cadence>): Attendance {
  const here = new Map<string, Here>();
  const leaving = new Map<number, Presence[]>();
  let next = 0;
  let last = Number.NEGATIVE_INFINITY;
  const enter = ({ badge, room, parked, visit }: Presence) =>
    here.set(badge, { id: badge, room, parked, visit, cadence: cadences.get(badge) ?? newCadence() });
  const leave = (until: number) => {
    for (const { badge } of leaving.get(until) ?? []) here.delete(badge);
    leaving.delete(until);
  };
  return {
    here,
    at(second) {
      // At the first second those come in who were there before.
      if (last === Number.NEGATIVE_INFINITY) last = second - SECOND_MS;
      for (last += SECOND_MS; last < second; last += SECOND_MS) leave(last);
      leave(second);
      for (; next < presences.length && presences[next]!.from <= second; next++) {
        const presence = presences[next]!;
        const until = presence.until ?? Number.POSITIVE_INFINITY;
        if (until <= second) continue;
        enter(presence);
        leaving.set(until, [...(leaving.get(until) ?? []), presence]);
      }
    },
  };
}

import type { Observation, Sighting } from '../../services/model/observation.ts';
import { countedIn } from '../../services/model/venue.ts';
import { createFrameOracle, grouped } from '../locate/frames.oracle.ts';
import { cadenceOf, createOracle } from '../locate/oracle.ts';
import type { Draw } from './draw.ts';
import type { Asking } from './surfaces.ts';

const SECOND_MS = 1000;

/**
 * What raw observations say of where one badge was, as seen, in each second that has a frame: made anew from all that was received by
 * then. In seconds without one it is decided all the same.
 */
export function askFollowed({ laid, grounds, tally }: Asking, seed: number): void {
  const { observations, venue, frames, world } = laid;
  const heard = grouped(observations.filter(isSighting), (one) => one.badge);
  const all = [...heard.keys()].sort();
  const badge = all[(seed * 7919) % all.length]!;
  const arrived = grouped(heard.get(badge)!, ({ received }) => Math.ceil(received / SECOND_MS));
  const stays = grounds['as-seen'].stays.filter((stay) => stay.badge === badge);
  const counted = countedIn(venue);
  const judge = createOracle(venue);
  for (let now = Math.floor(world.from / SECOND_MS) * SECOND_MS + SECOND_MS; now < world.until; now += SECOND_MS) {
    const verdict = judge(arrived.get(now / SECOND_MS) ?? [], now).get(badge);
    if (!frames.has(now)) continue;
    const { room, parked } = verdict ?? { room: null, parked: false };
    const expected = { room, counts: room !== null && !parked && counted(badge, now) };
    const said = stays.find((stay) => stay.from <= now && now < stay.until) ?? { room: null, counts: false };
    const { room: found, counts } = said;
    const where = `${badge} ${new Date(now).toISOString()}`;
    tally.compare('raw observations: where a badge is', where, expected, { room: found, counts });
  }
}

/** What raw observations say of every room in the second of a draw. */
export async function askRaw({ laid, grounds, tally }: Asking, { second }: Draw): Promise<void> {
  const frame = laid.frames.get(second);
  if (!frame) return;
  const { observations, venue } = laid;
  const known = observations.filter(({ received }) => received <= second);
  const heard = grouped(known.filter(isSighting), ({ badge }) => badge);
  const counted = countedIn(venue);
  const present = grounds['as-seen'].stays
    .filter(({ from, until }) => from <= second && second < until)
    .map(({ badge, room, parked, visit }) => {
      return { badge, room, parked, visit, cadence: cadenceOf(heard.get(badge) ?? [], second) };
    });
  const isCounted = (badge: string) => counted(badge, second);
  const rooms = createFrameOracle(venue, known, isCounted, () => undefined)(second, present);
  for (const [i, { expected: _, low: __, high: ___, ...room }] of rooms.entries())
    tally.compare('raw observations: a frame', `${new Date(second).toISOString()} ${room.room}`, room, frame.rooms[i]);
}

const isSighting = (one: Observation): one is Sighting => one.kind === 'sighting';

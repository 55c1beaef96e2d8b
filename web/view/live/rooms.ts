import type { ShownFrame, ShownRoom } from '../../../services/model/frame.ts';
import { sensedIn } from '../../../services/model/sensed.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { Usual } from '../../read/usual.ts';
import type { History } from './history.ts';
import { CLAPS, type RoomPast } from './past.ts';
import { type Layer, type RoomNow, TREND_OF } from './room.ts';
import type { Steps } from './steps.ts';
import { usualAt } from './usual.ts';

/** All that is known of the rooms at one moment. `gapSince`: no frame has come since then (UTC ms). */
export type RoomsOf = {
  frame: ShownFrame | null;
  history: History;
  gapSince: number | null;
  gateways: Map<string, number>;
  usual: Usual;
  layer: Layer;
};

/**
 * What each room is like now. Rooms that the frame does not have are drawn too, as unmeasured, unless they are parts
 * of a merged room that it has, or merged rooms that do not exist now.
 */
export function roomsNow(venue: VenueFile, of: RoomsOf): Map<string, RoomNow> {
  const frames = new Map(of.frame?.rooms.map((room) => [room.room, room]));
  const merges = venue.merges ?? [];
  const merged = new Set(merges.map(({ room }) => room));
  const parts = new Set(merges.filter(({ room }) => frames.has(room)).flatMap(({ of: ids }) => ids));
  const there = venue.rooms.filter(({ id }) => frames.has(id) || !(merged.has(id) || parts.has(id)));
  const sensed = sensedIn(venue);
  return new Map(there.map(({ id }) => [id, roomNow(id, frames.get(id) ?? null, of, !sensed.has(id))]));
}

function roomNow(room: string, frame: ShownRoom | null, of: RoomsOf, isFelt: boolean): RoomNow {
  const past = of.history.pasts.get(room)!;
  const gateways = of.gateways.get(room) ?? 0;
  const isGap = of.gapSince !== null || of.frame === null;
  const coverage = stateOf(frame, isGap, gateways);
  const isKnown = coverage === 'good' || coverage === 'thin';
  const hasBounds = isKnown && frame!.low !== null && frame!.high !== null;
  return {
    room,
    coverage,
    count: isKnown ? frame!.occupancy : null,
    isRounded: of.frame?.rounded !== undefined,
    last: past.last,
    since: coverage === 'gap' ? gapOf(of.gapSince) : past.since,
    claps: isKnown && frame!.claps !== null ? Math.round(frame!.claps * CLAPS) : null,
    temperature: isKnown ? frame!.temperature : null,
    isFelt,
    age: isKnown ? frame!.age : null,
    heard: isGap ? 0 : heardOf(frame, of),
    gateways,
    bounds: hasBounds ? { low: frame!.low!, high: frame!.high! } : null,
    usual: hasBounds ? usualAt(of.usual, room, of.frame!.time) : null,
    ...trendOf(past, of),
  };
}

function stateOf(frame: ShownRoom | null, isGap: boolean, gateways: number): RoomNow['coverage'] {
  if (isGap) return frame?.coverage === 'unmeasured' || (!frame && gateways === 0) ? 'unmeasured' : 'gap';
  return frame?.coverage ?? 'unmeasured';
}

/** A frame of rounded counts does not tell who was heard. */
const heardOf = (room: ShownRoom | null, { frame }: RoomsOf): number | null =>
  frame?.rounded ? null : (room?.gateways ?? 0);

const gapOf = (at: number | null): RoomNow['since'] => (at === null ? null : { at, isBefore: false });

function trendOf({ trends, band }: RoomPast, { history, layer }: RoomsOf): Pick<RoomNow, 'trend' | 'band'> {
  const upTo = (steps: Steps) => steps.upTo(history.newest(), history.hourMs);
  const of = TREND_OF[layer];
  return {
    trend: upTo(trends[of]),
    band: of === 'count' && band ? { low: upTo(band.low), high: upTo(band.high) } : null,
  };
}

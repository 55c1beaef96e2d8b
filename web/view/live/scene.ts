import type { Item } from '../../../services/model/now-next.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { type Connection, moved } from '../connection.ts';
import { type Attention, attentionOf } from './attention.ts';
import { type Extents, extentsOf } from './extents.ts';
import type { LiveHouse } from './house.ts';
import { type Loudest, loudestOf } from './loudest.ts';
import { midnightOf } from './midnight.ts';
import { isCounted, type Layer, type RoomNow, type Series } from './room.ts';
import { roomsNow } from './rooms.ts';
import type { LiveState } from './state.ts';

/** What is to be drawn at one moment. Instants are the service's clock, UTC ms. */
export type LiveScene = {
  now: number;
  zone: string;
  venue: VenueFile;
  connection: Connection;
  frameTime: number | null;
  layer: Layer;
  extents: Extents;
  rooms: Map<string, RoomNow>;
  total: Total;
  /** counts are multiples of `to`, of the minute that began then; null: they are whole */
  rounded: { to: number; minute: number } | null;
  today: Series;
  attention: Attention[];
  loudest: Loudest | null;
  programme: Item[];
  chosen: LiveState['chosen'];
  isTable: boolean;
  /** the past is not there yet, from which is learnt who is deaf */
  isLaying: boolean;
};

/** People counted, null while no room is; rooms that would be and are not; rooms that never are. */
export type Total = { count: number | null; uncounted: number; unmeasured: number };

/** Without a frame for so long every room is in a gap, ms. */
const GAP_MS = 3000;
/** So far behind frames are no longer now, ms. */
const BEHIND_MS = 5000;

/** The state at a moment (browser's clock, UTC ms) as it is to be drawn. */
export function liveSceneOf(
  state: LiveState,
  { history, gatewaysAt, programmeAt, venue }: LiveHouse,
  at: number,
  isLaying: boolean,
): LiveScene {
  const { frame, layer, ahead } = state;
  const now = at + ahead;
  const time = frame?.time ?? now;
  const isGap = frame !== null && at - state.frameAt! > GAP_MS;
  const gapSince = isGap ? frame.time : null;
  const rooms = roomsNow(venue, { frame, history, gapSince, gateways: gatewaysAt(time), usual: state.usual, layer });
  return {
    now,
    zone: venue.zone,
    venue,
    connection: connectionOf(state, gapSince),
    frameTime: frame?.time ?? null,
    layer,
    extents: extentsOf(venue),
    rooms,
    total: totalOf([...rooms.values()]),
    rounded: frame?.rounded ?? null,
    today: todayOf(history.total.upTo(time, time - midnightOf(time, venue.zone) + history.total.stepMs)),
    // A clock that is behind is known as such after half an hour: until then its room may seem silent.
    attention: attentionOf(venue, rooms, frame?.time ?? null).filter(({ kind }) => !isLaying || kind !== 'silent'),
    loudest: loudestOf(history, time),
    programme: programmeAt(time),
    chosen: state.chosen && rooms.has(state.chosen.room) ? state.chosen : null,
    isTable: state.isTable,
    isLaying,
  };
}

/** How it stands before there is a venue. */
export function connectionOf({ link, ahead, behind, frame }: LiveState, gapSince: number | null): Connection {
  if (link.kind === 'lost') return moved(link, ahead);
  if (gapSince !== null) return { kind: 'waiting', since: gapSince };
  if (frame === null) return link.kind === 'connecting' ? { kind: 'connecting' } : { kind: 'waiting', since: null };
  return behind.ms > BEHIND_MS ? { kind: 'behind', ms: behind.ms, isCatchingUp: behind.isShrinking } : { kind: 'live' };
}

/** What the rooms add up to. */
export function totalOf(rooms: RoomNow[]): Total {
  const counted = rooms.filter(isCounted);
  const unmeasured = rooms.filter(({ coverage }) => coverage === 'unmeasured').length;
  return {
    count: counted.length > 0 ? counted.reduce((sum, { count }) => sum + count!, 0) : null,
    uncounted: rooms.length - counted.length - unmeasured,
    unmeasured,
  };
}

/** From the first step in which anybody was here. */
function todayOf({ from, stepMs, values }: Series): Series {
  const first = values.findIndex((value) => value !== null && value >= 0.5);
  const start = Math.max(0, first - 1);
  return { from: from + start * stepMs, stepMs, values: first < 0 ? [] : values.slice(start) };
}

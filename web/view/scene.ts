import type { VenueFile } from '../../services/model/venue.ts';
import type { DemoAnswer } from '../read/demo.ts';
import type { Picture } from '../read/incoming.ts';
import type { GatewayRow, ObservationRow, RejectRow, Status } from '../read/rows.ts';
import type { Table } from '../read/table.ts';
import type { Address } from './address.ts';
import { type Arrival, type Rate, rateOf } from './arrivals.ts';
import { type Connection, moved } from './connection.ts';

/** All that the page knows. */
export type IncomingState = Address & {
  picture: Picture | null;
  arrivals: Arrival[];
  connection: Connection;
  /** a question is under way and takes its time */
  isSlow: boolean;
};

/** What is to be drawn at one moment. Instants are the service's clock, UTC ms; null is not known yet. */
export type Scene = {
  now: number;
  connection: Connection;
  zone: string;
  /** when what is shown was taken */
  shownAt: number | null;
  venue: VenueFile | null;
  status: Status | null;
  /** what of it is simulated */
  simulated: DemoAnswer | null;
  rate: Rate;
  gateways: Table<GatewayRow> | null;
  observations: ObservationRow[] | null;
  rejects: RejectRow[] | null;
  roomName: (id: string) => string;
  /** nothing has ever come in */
  isEmpty: boolean;
  /** how to send is open: as the reader wants, else while nothing has come in */
  isSending: boolean;
};

/** Two clocks differ when the service's whole seconds cannot explain it, ms. */
const CLOCK_SLACK_MS = 2000;

/** The state at a moment (browser's clock, UTC ms) as it is to be drawn. */
export function sceneOf(state: IncomingState, browserNow: number): Scene {
  const { picture, sending, connection } = state;
  const ahead = picture ? clockAhead(picture) : 0;
  const isEmpty = picture !== null && picture.status.observations + picture.status.rejects === 0;
  const names = new Map(picture?.venue.rooms.map(({ id, name }) => [id, name ?? id]));
  const roomName = (id: string) => names.get(id) ?? id;
  const isLive = connection.kind === 'live';
  const rate = rateOf(state.arrivals);
  return {
    now: browserNow + ahead,
    connection: moved(connection, ahead),
    zone: picture?.venue.zone ?? 'UTC',
    shownAt: picture && picture.at + ahead,
    venue: picture?.venue ?? null,
    status: picture?.status ?? null,
    simulated: picture?.simulated ?? null,
    rate: {
      ...(isLive ? rate : { perSecond: null, shown: null }),
      intervals: rate.intervals.map(({ from, until, count }) => ({ from: from + ahead, until: until + ahead, count })),
    },
    gateways: picture && { rows: picture.gateways.rows, at: picture.gateways.at + ahead },
    observations: picture?.observations.rows ?? null,
    rejects: picture?.rejects.rows ?? null,
    roomName,
    isEmpty,
    isSending: sending ?? isEmpty,
  };
}

/** How far the service's clock is ahead of the browser's, where they differ at all. */
function clockAhead({ clock, at }: Picture): number {
  const ahead = clock === null ? 0 : clock - at;
  return Math.abs(ahead) > CLOCK_SLACK_MS ? ahead : 0;
}

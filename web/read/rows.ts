import type { Reject } from '../../services/model/reject.ts';
import type { VenueFile } from '../../services/model/venue.ts';

/** `GET /v1/status`: what the service counts. Instants are UTC ms; `duplicates` are counted since its start. */
export type Status = {
  ready: boolean;
  instance: string;
  observations: number;
  duplicates: number;
  rejects: number;
  waiting: number;
  received: number | null;
};

/** A row of `GET /v1/gateways`; `rssi` is the median in dBm. */
export type GatewayRow = {
  gateway: string;
  known: boolean;
  room: string | null;
  status: 'online' | 'offline' | null;
  observations: number;
  badges: number;
  rssi: number | null;
  first: number | null;
  received: number | null;
  time: number | null;
};

/** A row of `GET /v1/observations`: the fields of every kind, null where its own kind has none. */
export type ObservationRow = {
  kind: 'sighting' | 'measurement' | 'heartbeat';
  time: number;
  received: number;
  gateway: string | null;
  badge: string | null;
  rssi: number | null;
  temperature: number | null;
  claps: number | null;
  battery: number | null;
  sensor: string | null;
  quantity: string | null;
  value: number | null;
  status: 'online' | 'offline' | null;
  info: string | null;
  simulated: boolean;
  position: number;
  known: boolean;
  late: boolean;
  ahead: boolean;
};

/** A row of `GET /v1/rejects`; position and place together are its key, `taken` is when the service stored it. */
export type RejectRow = Reject & { taken: number; position: number; place: number };

/** `GET /v1/venue`. */
export type VenueAnswer = { rows: { version: string; venue: VenueFile }[] };

/** Every answer that has rows. */
export type Rows<Row> = { rows: Row[] };

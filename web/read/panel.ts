import type { Trouble } from '../../services/model/delivery.ts';
import type { Coverage } from '../../services/model/frame.ts';
import type { Notice } from '../../services/model/notice.ts';
import type { Programme } from '../../services/model/programme.ts';
import type { Ask } from './ask.ts';
import type { Call } from './call.ts';
import type { ChangedVenue } from './live-rows.ts';
import type { GatewayRow, RejectRow, Rows, Status } from './rows.ts';
import type { DeedRow } from './sending.ts';

/** Rejects that are looked at: the newest. */
export const REJECTS = 200;
/** What changes seldom is asked for again after so long, ms. */
const SLOW_MS = 15_000;

/** What a gateway said last; fields as of observations. */
export type Said = {
  kind: 'sighting' | 'heartbeat';
  badge: string | null;
  rssi: number | null;
  temperature: number | null;
  claps: number | null;
  status: string | null;
};
export type GatewayState = 'silent' | 'deaf' | 'slow' | 'clock' | 'stranger' | 'heard';
/** A row of `GET /v1/gateways`: `rate` and `usual` in sightings a second, `delay` and `skew` in ms, `battery` per cent. */
export type GatewayNow = GatewayRow & {
  state: GatewayState;
  rate: number;
  usual: number | null;
  days: number;
  shared: number | null;
  delay: number | null;
  skew: number | null;
  battery: number | null;
  said: Said | null;
};
/** The row of `GET /v1/population`; `weakest` in V. */
export type Population = { heard: number; shared: number; measured: number; weak: number; weakest: number | null };
/** A row of `GET /v1/heatmap`, as far as it is of use here. */
export type RoomNow = {
  room: string;
  name: string | null;
  average: number | null;
  coverage: Coverage;
};
export type ScreenRow = {
  id: string;
  screen: string | null;
  floor: string | null;
  address: string;
  since: number;
  frame: number | null;
  skipped: number;
};
type JobRun = { day: string | null; ended: number | null; seconds: number | null; error: string | null };
export type JobRow = {
  job: string;
  summary: string;
  paused: boolean;
  due: number;
  state: string;
  share: number | null;
  words: string | null;
  last: JobRun | null;
  next: { time: number; local: string }[];
};
export type GroupRow = { group: string; name: string | null; counted: boolean; usual: boolean; badges: number };
/** How a process does: seconds, bytes, observations. */
export type Application = {
  process: string;
  role: string;
  host: string;
  screen: number | null;
  requests: number | null;
  queries: number | null;
  memory: number | null;
  lost: number;
};
export type ParkedRow = { badge: string; room: string; from: number; until: number | null };
type VenueRow = Omit<ChangedVenue, 'plans'>;

/** What changes seldom. `groups` and `programme` are null where this process does not hold the venue. */
export type Slow = {
  venue: VenueRow;
  jobs: JobRow[];
  groups: GroupRow[] | null;
  programme: Programme | null;
  parked: ParkedRow[];
  deeds: DeedRow[];
  troubles: Trouble[];
};
/** All that the panel shows, as it was at one moment (browser's clock, UTC ms; `clock` is the service's). */
export type PanelPicture = Slow & {
  status: Status & { frame: number | null };
  gateways: GatewayNow[];
  population: Population;
  rooms: RoomNow[];
  screens: ScreenRow[];
  /** that which answers first, then the others of its deployment */
  processes: Application[];
  /** those that hold */
  notices: Notice[];
  rejects: RejectRow[];
  at: number;
  clock: number | null;
};

/** Takes one picture after another; what changes seldom, and whatever `renew` was called for, is asked for less often. */
export function createPanel(ask: Ask, now: () => number = Date.now) {
  let held: { slow: Slow; at: number } | null = null;
  /** how often it was told to read anew */
  let renewals = 0;
  const rows = async <T>(path: string): Promise<T[]> => (await ask<Rows<T>>(path)).body.rows;
  /** Where a process does not hold the venue it says 409, with a body that is no answer. */
  const orNull = async <T>(path: string, pick: (body: T) => unknown): Promise<unknown> => {
    const { body } = await ask<T & { status?: number }>(path, [409]);
    return body.status === 409 ? null : pick(body);
  };
  const readSlow = async (): Promise<Slow> => {
    const parked = await rows<ParkedRow>('v1/presences?parked=true&limit=500');
    return {
      venue: (await rows<VenueRow>('v1/venue'))[0]!,
      jobs: await rows<JobRow>('v1/jobs'),
      groups: (await orNull<Rows<GroupRow>>('v1/groups', (body) => body.rows)) as GroupRow[] | null,
      programme: (await orNull<Programme>('v1/programme', (body) => body)) as Programme | null,
      parked: parked.filter(({ until }) => until === null),
      deeds: await rows<DeedRow>('v1/audit'),
      troubles: await rows<Trouble>('v1/schedules/troubles'),
    };
  };
  return {
    renew() {
      renewals += 1;
      held = null;
    },
    async take(): Promise<PanelPicture> {
      const { body: status, clock } = await ask<PanelPicture['status']>('v1/status');
      const renewed = renewals;
      const slow = held && now() - held.at <= SLOW_MS ? held.slow : await readSlow();
      // What changed while it was read may not be in it: then it is shown once, and not kept.
      if (slow !== held?.slow && renewed === renewals) held = { slow, at: now() };
      return {
        ...slow,
        status,
        clock,
        gateways: await rows<GatewayNow>('v1/gateways'),
        population: (await rows<Population>('v1/population'))[0]!,
        rooms: await rows<RoomNow>('v1/heatmap'),
        screens: await rows<ScreenRow>('v1/screens'),
        processes: await rows<Application>('v1/application'),
        notices: await rows<Notice>('v1/notices?state=now'),
        rejects: await rows<RejectRow>(`v1/rejects?limit=${REJECTS}`),
        at: now(),
      };
    },
  };
}

/** Where a gateway stands from an instant on; without one from now. */
export type NewPlace = { room: string; x?: number; y?: number; height?: number; from?: string };
type Enrolled = { version: number; before: number; badges: number };

/** What people change on the panel. Each throws `Refusal` with its faults, or `NoAnswer`. */
export const createPanelActs = (call: Call) => ({
  place: (gateway: string, place: NewPlace) =>
    call<{ version: string; isNew: boolean; from: number }>(
      `v1/gateways/${encodeURIComponent(gateway)}/places`,
      'POST',
      place,
    ),
  group: (group: string, said: { name?: string; counted: boolean }) =>
    call(`v1/groups/${encodeURIComponent(group)}`, 'PUT', said),
  list: (csv: string) => call<Enrolled>('v1/groups/badges', 'POST', csv),
  enroll: (badge: string, group: string) =>
    call<Enrolled>(`v1/groups/${encodeURIComponent(group)}/badges/${encodeURIComponent(badge)}`, 'PUT', {}),
  undo: (version: number) => call<Enrolled>('v1/groups/undo', 'POST', { version }),
  programme: (given: { url?: string | null; calendar?: string; rooms?: Record<string, string> }) =>
    call<Programme>('v1/programme', 'PUT', given),
  readProgramme: () => call<Programme>('v1/programme/read', 'POST', {}),
  run: (job: string, verb: 'pause' | 'resume') => call(`v1/jobs/${encodeURIComponent(job)}/${verb}`, 'POST', {}),
});
export type PanelActs = ReturnType<typeof createPanelActs>;

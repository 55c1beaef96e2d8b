import type { Ledger } from '../ledger/ledger.ts';
import { NOTICED, putHeard, readNotices } from '../ledger/notices.ts';
import { whenever } from '../ledger/whenever.ts';
import { type Bulletin, bulletinFor, type Ears } from '../live/bulletin.ts';
import type { Fanout } from '../live/fanout.ts';
import { holdingAt, type Notice } from '../model/notice.ts';
import { createProgramme, createStages, type Item } from '../model/now-next.ts';
import type { Venue } from '../model/venue.ts';
import type { Mouth } from '../source/mqtt/mouth.ts';

/** How often it is looked whether something begins or ends, ms. */
const LOOK_MS = 1000;
const MINUTE_MS = 60_000;
/** Bytes of an acknowledgement, and notices that it names, at most. */
const ACK_MAX = 8192;
const NAMED_MAX = 100;

export type CrierOptions = {
  ledger: Ledger;
  venue: Venue;
  /** UTC ms */
  clock: () => number;
  fanout: Pick<Fanout, 'notice'>;
  /** who speaks to gateways; null: there is no MQTT */
  mouth: Mouth | null;
  failed: (error: unknown) => void;
};

/** Tells screens and gateways what holds: as soon as it is written, when it begins and when it is over. */
export function openCrier(options: CrierOptions): { end(): void } {
  const { ledger, venue, clock, failed, mouth } = options;
  const stopping = new AbortController();
  const programme = createProgramme(venue.file);
  const told = { screens: '', gateways: new Map<string, string>(), key: '' };
  let notices: Notice[] | null = null;
  const look = () => notices && cry(options, told, notices, programme(clock()), clock());
  const read = async () => {
    notices = await readNotices(ledger, venue.file);
    if (!stopping.signal.aborted) look();
  };
  whenever(ledger, NOTICED, read, stopping.signal, failed);
  const timer = setInterval(look, LOOK_MS);
  const gateways = new Set(venue.gateways.map(({ id }) => id));
  mouth?.hear((gateway, payload) => {
    if (!gateways.has(gateway)) return;
    for (const id of namedIn(payload, notices ?? [])) putHeard(ledger, id, gateway).catch(failed);
  });
  return {
    end() {
      stopping.abort();
      clearInterval(timer);
    },
  };
}

type Told = { screens: string; gateways: Map<string, string>; key: string };

/** Says what is not what was said last. */
function cry(
  { venue, fanout, mouth }: CrierOptions,
  told: Told,
  notices: Notice[],
  programme: Item[],
  at: number,
): void {
  const holding = holdingAt(notices, at, venue.zone);
  const screens = JSON.stringify(holding);
  if (screens !== told.screens) fanout.notice(at, holding);
  told.screens = screens;
  // Gateways come and go with the minute at the latest.
  const key = `${screens}${JSON.stringify(programme)}${Math.floor(at / MINUTE_MS)}`;
  if (!mouth || key === told.key) return;
  told.key = key;
  const stageAt = createStages(venue.file);
  const floors = new Map(venue.file.rooms.map(({ id, floor }) => [id, floor ?? null]));
  const here = venue.gateways.filter(({ from, until }) => from <= at && at < until);
  mouth.only(new Set(here.map(({ id }) => id)));
  for (const { id: gateway, room } of here) {
    const ears: Ears = { gateway, rooms: [...new Set([room, stageAt(room, at)])], floor: floors.get(room) ?? null };
    const bulletin: Bulletin = bulletinFor(ears, { notices, programme, zone: venue.zone, at });
    if (told.gateways.get(gateway) === bulletin.id) continue;
    told.gateways.set(gateway, bulletin.id);
    mouth.say(gateway, JSON.stringify(bulletin));
  }
}

/** Which notices an acknowledgement names: `{"notices": [id, …]}`. One that cannot be read names none. */
function namedIn(payload: Buffer, notices: readonly Notice[]): string[] {
  if (payload.length > ACK_MAX) return [];
  try {
    const { notices: named } = JSON.parse(payload.toString()) as { notices?: unknown };
    const known = new Set(notices.map(({ id }) => id));
    return Array.isArray(named) ? named.slice(0, NAMED_MAX).filter((id) => known.has(id as string)) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

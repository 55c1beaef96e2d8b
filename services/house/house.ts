import { hkdfSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Ask, createAnswer } from '../answer/answer.ts';
import type { Rounding } from '../answer/rounded.ts';
import { fileLedger } from '../ledger/file.ts';
import { withoutForgotten } from '../ledger/forgetting.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryLedger } from '../ledger/memory.ts';
import { readRoll } from '../ledger/roll.ts';
import { renewTidied, tidyLedger } from '../ledger/tidy.ts';
import { keepVersion } from '../ledger/venues.ts';
import { writeOnce } from '../ledger/whole.ts';
import { TIME_MIN_MS } from '../model/fields.ts';
import { withoutOverlaps } from '../model/members.ts';
import type { Member, Venue, VenueFile } from '../model/venue.ts';
import { type Config, Misconfigured } from '../settings/config.ts';
import { type AsSeen, memoryRecord, openRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { parseBadges } from '../validate/badges.ts';
import type { Pseudonymiser } from '../validate/context.ts';
import { type Key, newKey, parseKeys, pseudonymiser, pseudonymsOf } from '../validate/pseudonym.ts';
import type { Context } from '../validate/reader.ts';
import { parseVenue } from '../validate/venue.ts';
import { makeFolder } from './data-folder.ts';
import { duckdbEngine, type Engine } from './engine.ts';
import { createSift, type Sieve } from './forgotten.ts';
import { noticing } from './touched.ts';

const DAY_MS = 86_400_000;
/** Before anybody has drawn a venue: no rooms, so every gateway is unknown; time is UTC. */
const NO_VENUE = JSON.stringify({ zone: 'UTC', rooms: [], gateways: [] });

/** A data folder that is open: its store, its venue, its keys, and the door to what it holds. */
export type House = {
  engine: Engine;
  store: Store;
  /** what was decided */
  ledger: Ledger;
  venue: Venue;
  /** what was shown, second by second */
  record: AsSeen;
  /** where store, record and state lie; null: in memory, and end with the process */
  folder: string | null;
  ask: Ask;
  /** How bytes from `source` are read: stamped with `received`, or with what they carry themselves. */
  context(source: string, received: number | 'recorded'): Context;
  /** to what counts are rounded for the public; null: they are not */
  rounding: Rounding | null;
  /** every pseudonym of a badge's id */
  pseudonymsOf(id: string): string[];
  /** lets nothing in of those who asked to be forgotten */
  sift: Sieve;
  /** the oldest `time` that is kept, UTC ms */
  keepFrom(): number;
  /** Lets go of what of a ledger of its own nobody will ask for. Resolves to how many entries went. */
  tidy(): Promise<number>;
  close(): Promise<void>;
};

/** How a house gets its engine, in a folder or (null) in memory; its ledger is there as soon as the house is. */
export type OpenEngine = (folder: string | null, ledger: () => Ledger) => Promise<Engine>;

/** Where a house lies in its data folder: the one that is lived in, one that is being made, or one that will be forgotten. */
export type Site = 'main' | 'laying' | 'memory';

/** Bytes of the record that are written together while the past is laid. */
const HELD = 2 ** 18;

/** What roles of a venue have in common: a ledger that they close themselves, the folder of what jobs make, what was shown. */
export type Common = { ledger: Ledger; folder: string; record: AsSeen };

/**
 * Opens the data folder, making what it lacks; a house in memory may have what roles have in `common`.
 * Throws a sentence that says what to do if it cannot be used.
 */
export async function openHouse(
  config: Config,
  site: Site = 'main',
  open: OpenEngine = duckdbEngine,
  common: Common | null = null,
): Promise<House> {
  makeFolder(config.dataDir);
  const { pseudonym, ...reading } = readingOf(config);
  if (config.venueNamed && !existsSync(config.venueFile))
    throw new Misconfigured(`VENUE: expected a file, found none at ${config.venueFile}`);
  const { venue: read, canonical } = venueOf(config, pseudonym);
  keepVersion(config.dataDir, read.version, canonical, Date.now());
  const folder = site === 'memory' ? null : join(config.dataDir, site);
  const engine = await open(folder, () => ledger);
  const held = site === 'laying' ? HELD : 0;
  // Whoever has the store open has the folder alone.
  if (folder !== null) await tidyLedger(join(folder, 'ledger'), Date.now(), resultsFrom(config, Date.now()));
  const kept = common || folder === null ? null : await fileLedger(join(folder, 'ledger'));
  const ledger: Ledger = common?.ledger ?? kept ?? memoryLedger();
  // What roles have in common may be out of reach at a start: they take the venue up as soon as it is not.
  const venue = common ? read : await peopled(ledger, read);
  // What is laid was never looked at by anybody.
  const touch = site === 'laying' ? null : await noticing(engine.store, ledger, venue.zone, { isAlone: !common });
  const record =
    common?.record ??
    (folder === null ? memoryRecord(venue.zone) : openRecord(join(folder, 'as-seen'), venue.zone, held));
  return {
    engine,
    store: touch?.store ?? engine.store,
    ledger,
    venue,
    record,
    folder: common?.folder ?? folder,
    ask: askOf({ engine, record, folder: common?.folder ?? folder, venue, rounding: reading.rounding }),
    ...reading,
    sift: createSift(() => ledger),
    tidy: async () => (kept ? renewTidied(kept, Date.now(), resultsFrom(config, Date.now())) : 0),
    close: async () => {
      record.flush();
      await touch?.close();
      await engine.close();
      kept?.close();
    },
  };
}

/** The venue with the groups of those who were not forgotten. */
export async function peopled(ledger: Pick<Ledger, 'list'>, venue: Venue): Promise<Venue> {
  return { ...venue, members: await withoutForgotten(ledger, venue.members ?? []) };
}

/** How a store is asked, and how it tells that it holds something else now. */
const asking = ({ tables, written }: Engine) => ({ tables, written });

/** The venue as its file says, with the groups of its badges. */
export function venueOf(
  { venueFile, dataDir }: Pick<Config, 'venueFile' | 'dataDir'>,
  pseudonym: Pseudonymiser,
): { venue: Venue; canonical: string } {
  const { venue, canonical } = readVenue(venueFile);
  const said = readRoll(dataDir)?.members ?? [];
  const members = withoutOverlaps([...said, ...readMembers(venue.file, venueFile, pseudonym)]);
  return { venue: { ...venue, members }, canonical };
}

/** From when what was shown and made of it is kept, UTC ms; −Infinity: for ever. */
export const resultsFrom = ({ keepResultsDays }: Pick<Config, 'keepResultsDays'>, now: number): number =>
  keepResultsDays > 0 ? now - keepResultsDays * DAY_MS : Number.NEGATIVE_INFINITY;

/** How what comes in is read: badges by their pseudonyms, and nothing that is older than is kept. */
export type Reading = Pick<House, 'keepFrom' | 'context' | 'rounding' | 'pseudonymsOf'> & { pseudonym: Pseudonymiser };

export function readingOf(config: Config): Reading {
  const keys = keysOf(config);
  const pseudonym = pseudonymiser(keys);
  const keepFrom = () => (config.keepDays > 0 ? Date.now() - config.keepDays * DAY_MS : TIME_MIN_MS);
  return {
    pseudonym,
    pseudonymsOf: (id) => pseudonymsOf(keys, id),
    rounding: config.minCount > 0 ? { to: config.minCount, key: roundingKey(keys[0]!) } : null,
    keepFrom,
    context: (source, received) => ({ source, received, keepFrom: keepFrom(), pseudonym }),
  };
}

/** Of the oldest key, which has always begun: so a new one changes nothing that was read. */
const roundingKey = ({ secret }: Key): Buffer => Buffer.from(hkdfSync('sha256', secret, '', 'hallway rounding', 32));

/** The same house with a new record: what was shown before is put aside. */
export function renewed(house: House): House {
  if (house.folder === null) throw new RangeError('expected a house in a folder, found one in memory');
  const record = openRecord(join(house.folder, 'as-seen'), house.venue.zone);
  return { ...house, record, ask: askOf({ ...house, record }) };
}

/** The same house in another version of the venue. */
export function rehoused(house: House, venue: Venue): House {
  return { ...house, venue, ask: askOf({ ...house, venue }) };
}

/** The only door to what a house holds. */
const askOf = ({
  engine,
  record,
  folder,
  venue,
  rounding,
}: Pick<House, 'engine' | 'record' | 'folder' | 'venue' | 'rounding'>): Ask =>
  createAnswer({ ...asking(engine), record, house: folder, venue: () => venue, rounding });

function keysOf({ pseudonymKeys, dataDir }: Config): Key[] {
  try {
    return parseKeys(pseudonymKeys ?? ownKeys(dataDir));
  } catch (error) {
    if (error instanceof Misconfigured) throw error;
    const where = pseudonymKeys === null ? `${dataDir}/pseudonym-keys` : 'PSEUDONYM_KEYS';
    throw new Misconfigured(`${where}: ${(error as Error).message}`);
  }
}

/** The keys that turn badge ids into pseudonyms, made at first start. Without them old badges cannot be found again. */
export function ownKeys(dataDir: string): string {
  makeFolder(dataDir);
  const file = join(dataDir, 'pseudonym-keys');
  if (!existsSync(file)) writeOnce(file, `${newKey()}\n`);
  return readFileSync(file, 'utf8').trim();
}

/** The venue from its file; one without rooms where there is no file. Throws a list of every fault. */
export function readVenue(file: string): { venue: Venue; canonical: string } {
  const read = parseVenue(existsSync(file) ? textOf(file) : NO_VENUE);
  if ('venue' in read) return read;
  const faults = read.faults.map(
    (fault) => `  ${fault.pointer || '/'}: expected ${fault.expected}, found ${fault.found}`,
  );
  throw new Misconfigured([`${file} is not a venue:`, ...faults].join('\n'));
}

/** The groups of badges, from the list that the venue names, which lies beside it. */
function readMembers({ badges, groups = [] }: VenueFile, venueFile: string, pseudonym: Pseudonymiser): Member[] {
  if (!badges?.file) return [];
  const file = resolve(dirname(venueFile), badges.file);
  const ids = groups.map(({ id }) => id);
  try {
    return parseBadges(textOf(file), ids, pseudonym);
  } catch (error) {
    if (error instanceof Misconfigured) throw error;
    throw new Misconfigured(`${file}: ${(error as Error).message}`);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Misconfigured(`VENUE: expected a file that can be read, found ${file} (${(error as Error).message})`);
  }
}

import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type House, peopled, readingOf, venueOf } from '../house/house.ts';
import { withoutForgotten } from '../ledger/forgetting.ts';
import { keepRoll, readRoll } from '../ledger/roll.ts';
import { keepVersion } from '../ledger/venues.ts';
import { writeWhole } from '../ledger/whole.ts';
import type { Member, Venue, VenueFile } from '../model/venue.ts';
import type { Changed, VenueDeps } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import { parseBadges } from '../validate/badges.ts';
import { parseVenue } from '../validate/venue.ts';

/** Who works in the venue. `alone`: does a task while nobody else changes it; where there is nobody else, at once. */
export type Worked = {
  house(): Pick<House, 'venue' | 'ledger'>;
  takeUp(venue: Venue): Promise<void>;
  alone?<T>(task: () => Promise<T>): Promise<T>;
};

/** How people change the venue and its groups while the service runs: one change after another, each whole or not at all. */
export function createVenueChanges(
  config: Config,
  { house, takeUp: workIn, alone = (task) => task() }: Worked,
): VenueDeps {
  const { pseudonym } = readingOf(config);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => alone(task));
    last = turn.catch(() => undefined);
    return turn;
  };
  const takeUp = async () => {
    const { venue } = venueOf(config, pseudonym);
    await workIn(await peopled(house().ledger, venue));
  };
  /** What it was before stands again where the stage does not take it up. */
  const whole = async (text: string, before: string | null) => {
    writeWhole(config.venueFile, text);
    try {
      await takeUp();
    } catch (error) {
      if (before === null) rmSync(config.venueFile, { force: true });
      else writeWhole(config.venueFile, before);
      throw error;
    }
  };
  const change = async (edit: (file: VenueFile) => VenueFile): Promise<Changed> => {
    const before = existsSync(config.venueFile) ? readFileSync(config.venueFile, 'utf8') : null;
    const file = before === null ? house().venue.file : (JSON.parse(before) as VenueFile);
    const text = `${JSON.stringify(edit(file), null, 2)}\n`;
    const read = parseVenue(text);
    if ('faults' in read) return read;
    const { version } = read.venue;
    if (version === house().venue.version) return { version, isNew: false };
    if (!isWritable(config.venueFile)) return { faults: [notWritable] };
    await whole(text, before);
    keepVersion(config.dataDir, version, read.canonical, Date.now());
    return { version, isNew: true };
  };
  const enroll = async (said: Member[]) => {
    const members = await withoutForgotten(house().ledger, said);
    const before = readRoll(config.dataDir)?.members ?? [];
    const roll = keepRoll(config.dataDir, members);
    try {
      await takeUp();
    } catch (error) {
      keepRoll(config.dataDir, before);
      throw error;
    }
    return roll;
  };
  return {
    current: () => house().venue,
    change: (edit) => inTurn(() => change(edit)),
    roll: (version) => readRoll(config.dataDir, version),
    members: (csv) => parseBadges(csv, groupsOf(house().venue.file), pseudonym),
    enroll: (members) => inTurn(() => enroll(members)),
  };
}

/** The file is replaced, so its folder has to take another. */
function isWritable(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

const notWritable = {
  pointer: '',
  expected: 'a venue.json whose folder can be written',
  found: 'one that is read alone: change it where it comes from, and start Hallway again',
};

const groupsOf = ({ groups = [] }: VenueFile): string[] => groups.map(({ id }) => id);

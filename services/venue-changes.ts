import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from './config.ts';
import { readingOf, venueOf } from './house.ts';
import { withoutForgotten } from './ledger/forgetting.ts';
import { keepRoll, readRoll } from './ledger/roll.ts';
import { keepVersion } from './ledger/venues.ts';
import { writeWhole } from './ledger/whole.ts';
import type { Member, VenueFile } from './model/venue.ts';
import type { Changed, VenueDeps } from './serve/deps.ts';
import { NotStored } from './source/inbox.ts';
import { NotSettled, type Stage } from './stage.ts';
import { parseBadges } from './validate/badges.ts';
import { parseVenue } from './validate/venue.ts';

/** How people change the venue and its groups while the service runs: one change after another, each whole or not at all. */
export function createVenueChanges(config: Config, stage: Stage): VenueDeps {
  const { pseudonym } = readingOf(config);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
  const takeUp = async () => {
    const { venue } = venueOf(config, pseudonym);
    const members = await withoutForgotten(stage.work().house.ledger, venue.members ?? []);
    await stage.takeUp({ ...venue, members }).catch((error: unknown) => {
      throw error instanceof NotSettled ? new NotStored(error.message) : error;
    });
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
    const file = before === null ? stage.work().house.venue.file : (JSON.parse(before) as VenueFile);
    const text = `${JSON.stringify(edit(file), null, 2)}\n`;
    const read = parseVenue(text);
    if ('faults' in read) return read;
    const { version } = read.venue;
    if (version === stage.work().house.venue.version) return { version, isNew: false };
    if (!isWritable(config.venueFile)) return { faults: [notWritable] };
    await whole(text, before);
    keepVersion(config.dataDir, version, read.canonical, Date.now());
    return { version, isNew: true };
  };
  const enroll = async (said: Member[]) => {
    const members = await withoutForgotten(stage.work().house.ledger, said);
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
    current: () => stage.work().house.venue,
    change: (edit) => inTurn(() => change(edit)),
    roll: (version) => readRoll(config.dataDir, version),
    members: (csv) => parseBadges(csv, groupsOf(stage.work().house.venue.file), pseudonym),
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

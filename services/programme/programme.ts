import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { say } from '../ledger/runs.ts';
import { writeWhole } from '../ledger/whole.ts';
import type { GivenProgramme, Programme } from '../model/programme.ts';
import type { ProgrammeDeps, VenueDeps } from '../serve/deps.ts';
import { NotStored } from '../source/inbox.ts';
import { withProgramme } from '../validate/venue/programme.ts';
import { fetchCalendar, NotFetched, readApart } from './calendar.ts';

const MINUTE_MS = 60_000;
/** How often it is looked whether the calendar is due, and minutes between two readings if nobody says. */
const LOOK_MS = 10_000;
const EVERY = 15;
const KEY = 'programme';

type Kept = Programme;
const NOTHING: Kept = {
  ...{ url: null, every: EVERY, rooms: {}, read: null, next: null },
  ...{ changed: null, report: null, error: null },
};

/** What it needs: the venue, the ledger of the house that is worked in, and a clock (UTC ms). */
export type ProgrammeOptions = {
  dataDir: string;
  venue: VenueDeps;
  ledger: () => Ledger;
  failed: (error: unknown, words: string) => void;
  now?: () => number;
  /** how often it is looked whether the calendar is due, ms */
  lookMs?: number;
};

/** The programme from a calendar: kept in the ledger, read again when it is due, and put into the venue where it differs. */
export function keepProgramme({
  dataDir,
  venue,
  ledger,
  failed,
  now = Date.now,
  lookMs = LOOK_MS,
}: ProgrammeOptions): ProgrammeDeps & { end(): void } {
  const file = join(dataDir, 'programme.ics');
  const ending = new AbortController();
  /** of this process: when it was read last, though it brought nothing new */
  let looked: Pick<Kept, 'read' | 'error'> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
  const kept = async (): Promise<Kept> => ((await ledger().get(KEY)) as Entry<Kept | null> | null)?.value ?? NOTHING;
  const shown = async (): Promise<Programme> => {
    const found = { ...(await kept()), ...looked };
    return { ...found, next: found.url === null ? null : (found.read ?? now()) + found.every * MINUTE_MS };
  };
  const again = async (said: Kept): Promise<Programme> => {
    const before = await kept();
    const found = await textOf(said, file, ending.signal).then(
      (text) => (text === null ? said : take(text, said, venue, now())),
      (error: unknown) => refusedBy(error, said, now()),
    );
    looked = { read: found.read, error: found.error };
    // Only what differs is worth a line of the ledger.
    if (worth(found) !== worth(before)) await say(ledger(), KEY, found);
    return shown();
  };
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      const { url, next } = await shown();
      if (url !== null && next! <= now()) await inTurn(async () => again(await kept()));
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => look().catch((error) => failed(error, 'the calendar was not read')), lookMs);
  return {
    get: shown,
    put: (given) =>
      inTurn(async () => {
        if (given.calendar !== undefined) writeWhole(file, given.calendar);
        return again(saidBy(given, await kept()));
      }),
    read: () => inTurn(async () => again(await kept())),
    end() {
      clearInterval(timer);
      ending.abort();
    },
  };
}

/** Puts a calendar into the venue. Resolves to what is known of it then. */
async function take(text: string, said: Kept, venue: VenueDeps, now: number): Promise<Kept> {
  const read = await readApart(text, venue.current().zone, now);
  if ('refused' in read) return { ...said, read: now, error: read.refused };
  const { sessions, left } = read.read;
  let report: Kept['report'] = null;
  const changed = await venue.change((file) => {
    const made = withProgramme(file, sessions, said.rooms);
    report = { ...made.report, left };
    return made.file;
  });
  if ('faults' in changed) {
    const [first] = changed.faults;
    const error = `the venue would have faults: ${first!.pointer}: expected ${first!.expected}, found ${first!.found}`;
    return { ...said, read: now, error };
  }
  return { ...said, read: now, report, error: null, ...(changed.isNew && { changed: now }) };
}

/** What somebody says of the programme; what is not said stays. A file takes the place of an address. */
const saidBy = ({ url, every, rooms, calendar }: GivenProgramme, before: Kept): Kept => ({
  ...before,
  url: calendar === undefined ? (url === undefined ? before.url : url) : null,
  every: every ?? before.every,
  rooms: rooms ?? before.rooms,
});

/** The text of the calendar, of the file that was sent where there is no address; null: there is neither. */
async function textOf({ url }: Kept, file: string, signal: AbortSignal): Promise<string | null> {
  if (url !== null) return fetchCalendar(url, signal);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** What cannot be had now is said, and tried again when it is due. */
function refusedBy(error: unknown, said: Kept, now: number): Kept {
  if (error instanceof NotFetched || error instanceof NotStored) return { ...said, read: now, error: error.message };
  throw error;
}

const worth = ({ read: _, next: __, ...rest }: Kept): string => JSON.stringify(rest);

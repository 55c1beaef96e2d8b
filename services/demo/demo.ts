import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { totals } from '../answer/totals.ts';
import { makeFolder } from '../house/data-folder.ts';
import { fileLedger } from '../ledger/file.ts';
import { writeOnce, writeWhole } from '../ledger/whole.ts';
import { type Config, Misconfigured } from '../settings/config.ts';
import { layout } from '../simulate/calendar.ts';
import { demoVenue } from '../simulate/venue.ts';
import { createWorld, type World } from '../simulate/world.ts';
import { openDatabase } from '../store/database.ts';

const DAY_MS = 86_400_000;
const SEED = 1;
const PEOPLE = 300;
/** What a first start makes before there is anything in a folder, what a new disk has, and what file managers leave. */
const EMPTY = /^(schema\.json|owner\.duckdb.*|pseudonym-keys|session-key|service\.json|main|laying|lost\+found|\..*)$/;

/** The simulated event of a data folder, the same world after every restart. Times are UTC ms. */
export type Demo = {
  seed: number;
  people: number;
  /** local midnight of its day 1 */
  start: number;
  zone: string;
  /** when it was begun: it is the third day then */
  laid: number;
  /** SHA-256 of the venue file that came with it */
  venue: string;
  /** its past was laid and moved in */
  isLaid: boolean;
  /** what was before the event is told too: last year's, and ordinary weeks */
  hasHistory: boolean;
  /** somebody ended it */
  ended: number | null;
};

/** The demo of a folder. `isNew`: nothing of it is there yet; `isTold`: it goes on, else it is what was told before. */
export type Told = { demo: Demo; isNew: boolean; isTold: boolean };

const fileIn = (config: Config): string => join(config.dataDir, 'demo.json');
const mainIn = (config: Config): string => join(config.dataDir, 'main');
const layingIn = (config: Config): string => join(config.dataDir, 'laying');

/**
 * The demo of a data folder. Null: there is none, for somebody ended it, or has a venue or data of their own, or said
 * DEMO=off. It is laid where there is nothing yet, and made anew when it is over if every observation is simulated. With
 * SOURCE=simulate it is told in any folder, from now on.
 */
export async function demoIn(config: Config, now: number): Promise<Told | null> {
  const isAsked = config.sources.includes('simulate');
  const found = readDemo(config);
  if (config.venueNamed || found?.ended) return null;
  const hasData = existsSync(mainIn(config));
  const isOwn = hasOwnVenue(config, found) || (hasData && !found?.isLaid) || (!found && othersIn(config).length > 0);
  const isKept = (isTold: boolean): Told | null => found && { demo: found, isNew: false, isTold };
  if (isAsked && (isOwn || !config.demo))
    return isKept(true) ?? { demo: begin(config, now), isNew: false, isTold: true };
  // One that is there stays what it is, if nobody wants it told.
  if (!config.demo) return hasData ? isKept(false) : null;
  if (isOwn) return hasData && found?.isLaid ? isKept(true) : null;
  // One whose past was never laid whole begins again; so does one that is old and nobody's.
  const isNew = !hasData || (isOld(found!, now) && (await isNobodys(config)));
  if (!isNew) return isKept(true);
  rmSync(mainIn(config), { recursive: true, force: true });
  return { demo: begin(config, now), isNew, isTold: true };
}

/** What lies in the data folder that no first start makes: a folder with such things in it is not empty. */
const othersIn = ({ dataDir }: Config): string[] =>
  existsSync(dataDir) ? readdirSync(dataDir).filter((name) => !EMPTY.test(name)) : [];

/** It has nothing more to tell: its last day ends before it is a day old. */
const isOld = (demo: Demo, now: number): boolean => now >= Math.min(endOf(demo), demo.laid + DAY_MS);

/** Roles that share a folder without a venue begin in that of the simulated event, which `hallway simulate` tells them. */
export function lendVenue({ demo, dataDir, venueFile, venueNamed }: Config, now: number): void {
  if (!demo || venueNamed || existsSync(venueFile)) return;
  makeFolder(dataDir);
  const { start, zone } = layout(now);
  writeOnce(venueFile, venueText(start, zone));
}

/** Lays the event about `now`. A venue of somebody's own stays. */
function begin(config: Config, now: number): Demo {
  const { start, zone } = layout(now);
  const text = venueText(start, zone);
  makeFolder(config.dataDir);
  dropLaying(config);
  const isOwn = hasOwnVenue(config, readDemo(config));
  const demo = { seed: SEED, people: PEOPLE, start, zone, laid: now, venue: isOwn ? '' : hashOf(text) };
  const begun: Demo = { ...demo, isLaid: false, hasHistory: false, ended: null };
  // First what the venue file will be, so that it is known for the demo's after a kill between the two.
  keepDemo(config, begun);
  if (!isOwn) writeWhole(config.venueFile, text);
  return begun;
}

/** The venue file that comes with an event. */
const venueText = (start: number, zone: string): string => `${JSON.stringify(demoVenue(start, zone), null, 2)}\n`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** There is a venue file, and it is not the one that came with the demo. */
export const hasOwnVenue = (config: Config, found: Demo | null): boolean =>
  existsSync(config.venueFile) && hashOf(readFileSync(config.venueFile, 'utf8')) !== found?.venue;

/** Throws a sentence where the file is not what a start wrote. */
export function readDemo(config: Config): Demo | null {
  if (!existsSync(fileIn(config))) return null;
  const text = readFileSync(fileIn(config), 'utf8');
  const found = parsed(text);
  const numbers = ['seed', 'people', 'start', 'laid'].map((name) => found?.[name]);
  if (found && numbers.every(Number.isSafeInteger) && typeof found.zone === 'string') return found as unknown as Demo;
  throw new Misconfigured(
    `${fileIn(config)}: expected what a start of the demo wrote, found ${text.slice(0, 40).trim() || 'nothing'}; without the file the folder is yours`,
  );
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export const keepDemo = (config: Config, demo: Demo): void => writeWhole(fileIn(config), `${JSON.stringify(demo)}\n`);

/** Where the ledger has what people make: of most there is a row of who did it. */
const OWN_KEYS = ['audit/', 'view/', 'note/', 'mark/', 'token/', 'rule/', 'notice/'] as const;

/** Nobody has sent anything, and nobody has made anything: views, notes, schedules, tokens would be gone with the ledger. */
async function isNobodys(config: Config): Promise<boolean> {
  const ledger = await fileLedger(join(mainIn(config), 'ledger'));
  const database = await openDatabase(mainIn(config));
  try {
    const made = await Promise.all(OWN_KEYS.map((prefix) => ledger.list(prefix)));
    return (await totals(database)).own === 0 && made.every((entries) => entries.length === 0);
  } finally {
    database.close();
    ledger.close();
  }
}

/** What is told from an instant on, UTC ms. */
export const worldOf = ({ seed, people, start }: Demo, from?: number): World =>
  createWorld({ seed, people, start, ...(from !== undefined && { from }) });

/** The midnight after the last day: nothing is told any more. */
export const endOf = ({ start }: Pick<Demo, 'start'>): number => start + 3 * DAY_MS;

/** The folder in which the past was laid becomes the one that is lived in. */
export function moveIn(config: Config, demo: Demo): Demo {
  const moved = { ...demo, isLaid: true };
  // A kill between the two leaves no main: then it begins again.
  keepDemo(config, moved);
  renameSync(layingIn(config), mainIn(config));
  return moved;
}

/** Forgets what was half laid. */
export const dropLaying = (config: Config): void => rmSync(layingIn(config), { recursive: true, force: true });

/** What was shown of a demo that is ended is put aside: the record of what comes from now on is another. */
export function putAside(config: Config, demo: Demo, now: number): void {
  const aside = `as-seen-demo-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}`;
  const record = join(mainIn(config), 'as-seen');
  if (existsSync(record)) renameSync(record, join(mainIn(config), aside));
  const derived = join(mainIn(config), 'derived');
  if (existsSync(derived)) renameSync(derived, join(mainIn(config), aside.replace('as-seen', 'derived')));
  rmSync(join(mainIn(config), 'live-state'), { force: true });
  keepDemo(config, { ...demo, ended: now });
}

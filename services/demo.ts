import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { totals } from './answer/totals.ts';
import type { Config } from './config.ts';
import { makeFolder } from './house.ts';
import { writeWhole } from './ledger/whole.ts';
import { layout } from './simulate/calendar.ts';
import { demoVenue } from './simulate/venue.ts';
import { createWorld, type World } from './simulate/world.ts';
import { openDatabase } from './store/database.ts';

const DAY_MS = 86_400_000;
const SEED = 1;
const PEOPLE = 300;

/** The simulated event of a data folder, the same world after every restart. Times are UTC ms. */
export type Demo = {
  seed: number;
  people: number;
  /** local midnight of its day 1 */
  start: number;
  zone: string;
  /** when it was laid: it is the third day then */
  laid: number;
  /** what was before the event is told too: last year's, and ordinary weeks */
  hasHistory: boolean;
  /** somebody ended it */
  ended: number | null;
};

/** A demo to be told; `isNew`: nothing of it is there yet. */
export type Told = { demo: Demo; isNew: boolean };

const fileIn = (config: Config): string => join(config.dataDir, 'demo.json');
const mainIn = (config: Config): string => join(config.dataDir, 'main');
const layingIn = (config: Config): string => join(config.dataDir, 'laying');

/**
 * The demo of a data folder. Null: there is none, for somebody ended it, said DEMO=off, or has a venue or data of their
 * own. It is laid where there is nothing yet, and made anew when it is over if every observation is simulated. With
 * SOURCE=simulate it is told in any folder, from now on.
 */
export async function demoIn(config: Config, now: number): Promise<Told | null> {
  const isAsked = config.sources.includes('simulate');
  if (config.venueNamed || !(isAsked || config.demo)) return null;
  const found = readDemo(config);
  if (found?.ended) return null;
  const hasData = existsSync(mainIn(config));
  const isOwn = !found && (hasData || existsSync(config.venueFile));
  if (isOwn || !config.demo) return isAsked ? { demo: found ?? begin(config, now), isNew: false } : null;
  // One whose past was never laid whole begins again; so does one that is old and nobody's.
  const isNew = !hasData || (found !== null && isOld(found, now) && (await isAllSimulated(config, found)));
  if (!isNew) return found && { demo: found, isNew };
  rmSync(mainIn(config), { recursive: true, force: true });
  rmSync(config.venueFile, { force: true });
  return { demo: begin(config, now), isNew };
}

/** It has nothing more to tell: its last day ends before it is a day old. */
const isOld = (demo: Demo, now: number): boolean => now >= Math.min(endOf(demo), demo.laid + DAY_MS);

/** Lays the event about `now`. A venue that is there already stays. */
function begin(config: Config, now: number): Demo {
  const { start, zone } = layout(now);
  const demo: Demo = { seed: SEED, people: PEOPLE, start, zone, laid: now, hasHistory: false, ended: null };
  makeFolder(config.dataDir);
  rmSync(layingIn(config), { recursive: true, force: true });
  if (!existsSync(config.venueFile)) writeWhole(config.venueFile, venueText(demo));
  keepDemo(config, demo);
  return demo;
}

export function readDemo(config: Config): Demo | null {
  return existsSync(fileIn(config)) ? (JSON.parse(readFileSync(fileIn(config), 'utf8')) as Demo) : null;
}

export const keepDemo = (config: Config, demo: Demo): void => writeWhole(fileIn(config), `${JSON.stringify(demo)}\n`);

const venueText = ({ start, zone }: Demo): string => `${JSON.stringify(demoVenue(start, zone), null, 2)}\n`;

/** Nobody has sent anything, nor changed the venue. */
async function isAllSimulated(config: Config, demo: Demo): Promise<boolean> {
  if (readFileSync(config.venueFile, 'utf8') !== venueText(demo)) return false;
  const database = await openDatabase(mainIn(config));
  try {
    return (await totals(database)).own === 0;
  } finally {
    database.close();
  }
}

/** What is told from an instant on, UTC ms. */
export const worldOf = ({ seed, people, start }: Demo, from?: number): World =>
  createWorld({ seed, people, start, ...(from !== undefined && { from }) });

/** The midnight after the last day: nothing is told any more. */
export const endOf = ({ start }: Pick<Demo, 'start'>): number => start + 3 * DAY_MS;

/** The folder in which the past was laid becomes the one that is lived in. */
export const moveIn = (config: Config): void => renameSync(layingIn(config), mainIn(config));

/** What was shown of a demo that is ended is put aside: the record of what comes from now on is another. */
export function putAside(config: Config, demo: Demo, now: number): void {
  const aside = `as-seen-demo-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}`;
  const record = join(mainIn(config), 'as-seen');
  if (existsSync(record)) renameSync(record, join(mainIn(config), aside));
  rmSync(join(mainIn(config), 'live-state'), { force: true });
  keepDemo(config, { ...demo, ended: now });
}

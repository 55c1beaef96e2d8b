import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { makeFolder } from './house.ts';
import { writeWhole } from './ledger/whole.ts';
import { layout } from './simulate/calendar.ts';
import { demoVenue } from './simulate/venue.ts';
import { createWorld, type World } from './simulate/world.ts';

const DAY_MS = 86_400_000;
/** How much of the past a new demo tells at once, so that its first picture is not empty. */
const BEFORE_MS = 10 * 60_000;
const SEED = 1;
const PEOPLE = 300;

/** The simulated event of a data folder: the same world after every restart. `start` is local midnight of its day 1. */
export type Demo = { seed: number; people: number; start: number; zone: string };

/**
 * The demo of a data folder: where there is nothing yet, or only the demo, and nobody said DEMO=off or named a venue; or
 * where SOURCE names `simulate`. Its venue is written where the folder's venue lies. Null: there is none.
 */
export function demoIn(config: Config, now: number): Demo | null {
  const file = join(config.dataDir, 'demo.json');
  const isThere = existsSync(file);
  const isEmpty = !existsSync(config.venueFile) && !existsSync(join(config.dataDir, 'main', 'hallway.duckdb'));
  const isAsked = config.sources.includes('simulate') || (config.demo && (isThere || isEmpty));
  if (!isAsked || config.venueNamed) return null;
  const found = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as Demo) : null;
  if (found && now < found.start + 3 * DAY_MS) return found;
  const { start, zone } = layout(now);
  const demo: Demo = { seed: SEED, people: PEOPLE, start, zone };
  makeFolder(config.dataDir);
  writeWhole(config.venueFile, `${JSON.stringify(demoVenue(start, zone), null, 2)}\n`);
  writeWhole(file, `${JSON.stringify(demo)}\n`);
  return demo;
}

/** Its world from now on; at the very first a little earlier. What would have been told while nobody listened is lost. */
export function worldOf({ seed, people, start }: Demo, now: number, isFirst: boolean): World {
  return createWorld({ seed, people, start, from: isFirst ? now - BEFORE_MS : now });
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readPlans } from '../../ledger/plans.ts';
import type { Reason } from '../../model/reject.ts';
import type { VenueFile } from '../../model/venue.ts';
import { drawPlan } from '../../plans/draw.ts';
import type { Config } from '../../settings/config.ts';
import { NoBadges, parseBadges } from '../../validate/badges.ts';
import { newKey, parseKeys, pseudonymiser } from '../../validate/pseudonym.ts';
import { parseVenue } from '../../validate/venue.ts';
import { untold } from '../../work/rules.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/**
 * The venue's file and what it names: every fault of it with its place, of the list of badges and of the drawings of floors, which are
 * looked at whatever else is wrong. `isSettled`: the settings have no fault, so destinations are known.
 */
export async function checkVenue(config: Config, isSettled: boolean): Promise<Finding[]> {
  const { venueFile, venueNamed, demo, destinations } = config;
  if (!existsSync(venueFile)) return [absent(venueFile, venueNamed, demo)];
  const found = textIn(venueFile);
  if ('fault' in found)
    return [
      fail('venue', `VENUE: expected a file that can be read, found ${venueFile} (${found.fault})`, 'mend VENUE'),
    ];
  const read = parseVenue(found.text);
  if ('faults' in read) {
    const faults = read.faults.map((fault) => fail('venue', said(fault), `mend it in ${venueFile}`));
    return [...faults, ...(await checkNamed(namedIn(found.text), config))];
  }
  const { file, version, rooms, gateways } = read.venue;
  const well = `${venueFile}: ${rooms.length} rooms, ${gateways.length} gateways, ${file.zone}, version ${version.slice(0, 12)}`;
  const known =
    gateways.length > 0 ? [] : [warn('venue', 'no gateway has a room', 'name gateways, else nobody is anywhere')];
  const sentences = isSettled ? untold(file, destinations) : [];
  const rules = sentences.map((sentence) => warn('venue', sentence, 'name it in DESTINATIONS'));
  return [ok('venue', well), ...known, ...rules, ...(await checkNamed(file, config))];
}

const said = ({ pointer, expected, found }: Reason): string =>
  `${pointer || '/'}: expected ${expected}, found ${found}`;

function absent(venueFile: string, named: boolean, demo: boolean): Finding {
  if (named) return fail('venue', `VENUE: expected a file, found none at ${venueFile}`, 'mend VENUE');
  if (demo) return ok('venue', `none at ${venueFile}: a new folder begins with a simulated event`);
  return warn('venue', `none at ${venueFile}: there are no rooms`, 'write one as venue.example.json shows it');
}

type Named = Pick<VenueFile, 'badges' | 'groups' | 'floors'>;

/** What a venue with faults names all the same, as far as it can be told. */
function namedIn(text: string): Named {
  try {
    const { badges, groups, floors } = JSON.parse(text.replace(/^\ufeff/, '')) as Record<keyof Named, unknown>;
    const file = (badges as { file?: unknown } | null | undefined)?.file;
    return {
      ...(typeof file === 'string' && { badges: { file } }),
      groups: rowsIn(groups).filter(({ id }) => typeof id === 'string'),
      floors: rowsIn(floors).map(({ id, plan }) => ({ id: String(id), ...(typeof plan === 'string' && { plan }) })),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return {};
    throw error;
  }
}

const rowsIn = (list: unknown): { id: string; plan?: unknown }[] =>
  (Array.isArray(list) ? list : []).map((row) => (typeof row === 'object' && row !== null ? row : {}));

const checkNamed = async (named: Named, config: Config): Promise<Finding[]> => [
  ...checkBadges(named, config.venueFile),
  ...(await checkPlans(named, config)),
];

function checkBadges({ badges, groups = [] }: Named, venueFile: string): Finding[] {
  if (!badges?.file) return [];
  const file = resolve(dirname(venueFile), badges.file);
  const wrong = (fault: string) => fail('badges', `/badges/file: ${fault}`, `mend ${file}, or /badges in ${venueFile}`);
  const read = textIn(file);
  if ('fault' in read) return [wrong(`expected a list that can be read, found ${file} (${read.fault})`)];
  const ids = groups.map(({ id }) => id);
  try {
    // Which key signs does not matter for whether it can be read.
    const members = parseBadges(read.text, ids, pseudonymiser(parseKeys(newKey())));
    return [ok('badges', `${file}: ${members.length} rows`)];
  } catch (error) {
    if (!(error instanceof NoBadges)) throw error;
    return error.faults.map(wrong);
  }
}

/** Drawings that the venue names. One that is drawn already stands, so without it a start goes on. */
async function checkPlans({ floors = [] }: Named, { dataDir, venueFile }: Config): Promise<Finding[]> {
  const kept = new Map(readPlans(dataDir).map((plan) => [plan.floor, plan]));
  const named = floors.flatMap(({ id, plan }, i) =>
    plan === undefined ? [] : [{ id, i, file: resolve(dirname(venueFile), plan) }],
  );
  const found: Finding[] = [];
  for (const { id, i, file } of named) {
    const fault = await planFault(file, id, kept.get(id)?.sha256);
    if (fault === null) found.push(ok('plan', `${file} is floor ${id}`));
    else found.push(warn('plan', `/floors/${i}/plan: ${fault}`, `mend ${file}, or that place in ${venueFile}`));
  }
  return found;
}

/** Why a drawing cannot be read; null: it can, or was before. */
async function planFault(file: string, floor: string, known: string | undefined): Promise<string | null> {
  const read = textIn(file);
  if ('fault' in read) return `expected a drawing that can be read, found ${file} (${read.fault})`;
  if (createHash('sha256').update(read.text).digest('hex') === known) return null;
  const drawn = await drawPlan(read.text, { floor, metres: null, rooms: [], areas: {}, merged: [] });
  return 'plan' in drawn ? null : `${drawn.refused} in ${file}`;
}

function textIn(file: string): { text: string } | { fault: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { fault: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { VenueFile } from '../../model/venue.ts';
import { untold } from '../../rules.ts';
import { parseBadges } from '../../validate/badges.ts';
import { newKey, parseKeys, pseudonymiser } from '../../validate/pseudonym.ts';
import { parseVenue } from '../../validate/venue.ts';
import { type Finding, fail, failBy, ok, warn } from './finding.ts';

/** The venue's file: every fault of it with its place, and the list of badges that it names. */
export function checkVenue({ venueFile, venueNamed, demo, destinations }: Config): Finding[] {
  if (!existsSync(venueFile)) return [absent(venueFile, venueNamed, demo)];
  const read = parseVenue(readFileSync(venueFile, 'utf8'));
  if ('faults' in read)
    return read.faults.map(({ pointer, expected, found }) =>
      fail('venue', `${pointer || '/'}: expected ${expected}, found ${found}`, `mend it in ${venueFile}`),
    );
  const { file, version, rooms, gateways } = read.venue;
  const said = `${venueFile}: ${rooms.length} rooms, ${gateways.length} gateways, ${file.zone}, version ${version.slice(0, 12)}`;
  const known =
    gateways.length > 0 ? [] : [warn('venue', 'no gateway has a room', 'name gateways, else nobody is anywhere')];
  const rules = untold(file, destinations).map((sentence) => warn('venue', sentence, 'name it in DESTINATIONS'));
  return [ok('venue', said), ...known, ...rules, ...checkBadges(file, venueFile)];
}

function absent(venueFile: string, named: boolean, demo: boolean): Finding {
  if (named) return fail('venue', `expected a file, found none at ${venueFile}`, 'mend VENUE');
  if (demo) return ok('venue', `none at ${venueFile}: a new folder begins with a simulated event`);
  return warn('venue', `none at ${venueFile}: there are no rooms`, 'write one as venue.example.json shows it');
}

function checkBadges({ badges, groups = [] }: VenueFile, venueFile: string): Finding[] {
  if (!badges?.file) return [];
  const file = resolve(dirname(venueFile), badges.file);
  try {
    // Which key signs does not matter for whether it can be read.
    const members = parseBadges(
      readFileSync(file, 'utf8'),
      groups.map(({ id }) => id),
      pseudonymiser(parseKeys(newKey())),
    );
    return [ok('badges', `${file}: ${members.length} rows`)];
  } catch (error) {
    return [failBy('badges', error, `mend ${file}`)];
  }
}

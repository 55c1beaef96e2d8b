import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Member } from '../model/venue.ts';
import { writeWhole } from './whole.ts';

/** Versions of the roll that are kept, so that a change can be taken back. */
const KEPT = 50;

/** Who is in which group by what was said in the panel. The first row that holds counts, and it goes before `badges.csv`. */
export type Roll = { version: number; members: Member[] };

/** The roll of a data folder, by pseudonyms alone; version 0 and empty where nothing was said. */
export function readRoll(dataDir: string, version = versionsIn(dataDir).at(-1) ?? 0): Roll | null {
  if (version === 0) return { version, members: [] };
  const file = fileOf(dataDir, version);
  if (!existsSync(file)) return null;
  const rows = JSON.parse(readFileSync(file, 'utf8')) as [string, string, number | null, number | null][];
  const members = rows.map(([badge, group, from, until]) => ({
    badge,
    group,
    from: from ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
  }));
  return { version, members };
}

/** Keeps a roll as the next version, whole or not at all. */
export function keepRoll(dataDir: string, members: Member[]): Roll {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 });
  const versions = versionsIn(dataDir);
  const version = (versions.at(-1) ?? 0) + 1;
  const rows = members.map(({ badge, group, from, until }) => [badge, group, ended(from), ended(until)]);
  writeWhole(fileOf(dataDir, version), JSON.stringify(rows));
  for (const old of versions.slice(0, 1 - KEPT)) rmSync(fileOf(dataDir, old), { force: true });
  return { version, members };
}

/** Takes badges out of every version of the roll that is kept. Returns the versions that had them. */
export function forgetInRoll(dataDir: string, badges: readonly string[]): number[] {
  return versionsIn(dataDir).filter((version) => {
    const file = fileOf(dataDir, version);
    const rows = JSON.parse(readFileSync(file, 'utf8')) as [string][];
    const left = rows.filter(([badge]) => !badges.includes(badge));
    if (left.length < rows.length) writeWhole(file, JSON.stringify(left));
    return left.length < rows.length;
  });
}

const ended = (at: number): number | null => (Number.isFinite(at) ? at : null);
const folderOf = (dataDir: string) => join(dataDir, 'groups');
const fileOf = (dataDir: string, version: number) => join(folderOf(dataDir), `${version}.json`);

function versionsIn(dataDir: string): number[] {
  if (!existsSync(folderOf(dataDir))) return [];
  const names = readdirSync(folderOf(dataDir)).flatMap((name) => /^([1-9]\d{0,14})\.json$/.exec(name)?.[1] ?? []);
  return names.map(Number).sort((a, b) => a - b);
}

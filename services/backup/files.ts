import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { RESTORING } from '../house/data-folder.ts';
import { unlessGone } from '../ledger/whole.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Config } from '../settings/config.ts';
import { COPIES } from '../store/database.ts';

/** A file as it is at an instant: its first `bytes` are to be found at `from` for as long as the backup is made. */
export type Linked = { path: string; from: string; bytes: number };

/** Below a data folder: where the files of a backup are held while it is made. */
export const asideIn = (dataDir: string, id: string): string => join(dataDir, `aside-${id}`);

/** Lets go of what a kill in the middle of a backup has left. Nobody else may work in the folder. */
export function dropAsides(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (/^aside-[0-9a-f-]{36}$/.test(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
}

/** What is of this process and moment alone, or is made again: not in a backup. */
const LEFT = [
  /^owner\.duckdb/,
  /^service\.json$/,
  /^(laying|films|aside-[^/]+)(\/|$)/,
  new RegExp(`^(${RESTORING}|main/${COPIES})(/|$)`),
  /^main\/hallway\.duckdb/,
  /\.tmp$/,
];
/** What says of others that they are there comes before them: so whatever is named in a backup is in it. */
const FIRST = [/^main\/live-state$/, /^main\/as-seen\//, /^main\/ledger$/, /manifest\.json$/];

/**
 * Holds on to all files of a data folder as they are now, by links in `aside` (on the same disk): what is renamed away or removed meanwhile
 * stays there, and what grows is known by how long it was. Other processes may write; nobody may store.
 */
export function linkFolder(dataDir: string, aside: string): Linked[] {
  const found = new Map<string, Linked>();
  // Jobs rename folders while we look: what was on its way in the first round is there in the second.
  for (let round = 0; round < 2; round++)
    for (const path of inOrder(pathsIn(dataDir)))
      if (!found.has(path)) {
        const linked = link(dataDir, path, aside);
        if (linked) found.set(path, linked);
      }
  return [...found.values()];
}

const rankOf = (path: string): number => {
  const rank = FIRST.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? FIRST.length : rank;
};
const inOrder = (paths: string[]): string[] => [...paths].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));

function pathsIn(dataDir: string, below = ''): string[] {
  const names = unlessGone(() => readdirSync(join(dataDir, below))) ?? [];
  return names.flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    if (LEFT.some((pattern) => pattern.test(path))) return [];
    const stat = unlessGone(() => statSync(join(dataDir, path)));
    return stat?.isDirectory() ? pathsIn(dataDir, path) : stat?.isFile() ? [path] : [];
  });
}

function link(dataDir: string, path: string, aside: string): Linked | null {
  const [file, from] = [join(dataDir, path), join(aside, path)];
  mkdirSync(dirname(from), { recursive: true, mode: 0o700 });
  return unlessGone(() => {
    try {
      linkSync(file, from);
    } catch (error) {
      // On another disk, by a link of the owner's, or where a disk knows no links.
      if (!['EXDEV', 'EPERM', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      copyFileSync(file, from);
    }
    return { path, from, bytes: statSync(from).size };
  });
}

/** A venue that lies elsewhere, and the list of badges beside it: in a backup they lie where a data folder has them. */
export function venueFiles({ dataDir, venueFile }: Pick<Config, 'dataDir' | 'venueFile'>, venue: VenueFile): Linked[] {
  if (isBelow(dataDir, venueFile)) return [];
  const files = [{ path: 'venue.json', from: venueFile }];
  const list = venue.badges?.file && resolve(dirname(venueFile), venue.badges.file);
  if (list && isBelow(dirname(venueFile), list)) files.push({ path: venue.badges!.file!, from: list });
  return files.flatMap((file) => unlessGone(() => ({ ...file, bytes: statSync(file.from).size })) ?? []);
}

/** Whether a path lies in a folder. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

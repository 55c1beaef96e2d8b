import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { exportsIn, MANIFEST, manifestOf } from '../../services/ledger/exported.ts';
import { within } from '../../services/ledger/within.ts';
import type { Sealed, WindowRow } from '../../services/model/schedule.ts';
import { COPIES } from '../../services/store/database.ts';

/** Where a window is filled: no two runs have the same, since a version of its row is taken by one. */
const asideOf = ({ schedule, until }: WindowRow, version: number): string =>
  `${prefixOf({ schedule, until })}${version}`;

const prefixOf = ({ schedule, until }: Pick<WindowRow, 'schedule' | 'until'>): string => `export+${schedule}+${until}+`;

export const pathOf = (house: string, aside: string): string => join(house, COPIES, aside);

/** An empty folder to work in. What other runs of the window have left there goes: whoever is at work now has the row. */
export function makeAside(house: string, row: WindowRow, version: number): string {
  const own = asideOf(row, version);
  const copies = join(house, COPIES);
  mkdirSync(copies, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(copies))
    if (name.startsWith(prefixOf(row))) rmSync(join(copies, name), { recursive: true, force: true });
  mkdirSync(join(copies, own), { mode: 0o700 });
  return own;
}

export const dropAside = (house: string, aside: string): void =>
  rmSync(pathOf(house, aside), { recursive: true, force: true });

/** Makes the folder that revisions of a window lie in. Throws where a link leads elsewhere: nothing is made through it. */
export function makePlace(house: string, folder: string): void {
  const base = exportsIn(house);
  mkdirSync(base, { recursive: true, mode: 0o700 });
  within(base, deepestIn(base, dirname(folder)));
  mkdirSync(join(base, dirname(folder)), { recursive: true, mode: 0o700 });
}

/** How much of a path below a folder is there, a link that leads nowhere too. */
function deepestIn(base: string, path: string): string {
  const isThere = lstatSync(join(base, path), { throwIfNoEntry: false }) !== undefined;
  return isThere || path === '.' ? path : deepestIn(base, dirname(path));
}

/** In one step, on another disk too. */
function moveIn(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const near = join(dirname(to), `.${basename(to)}`);
    rmSync(near, { recursive: true, force: true });
    try {
      cpSync(from, near, { recursive: true });
      for (const name of readdirSync(near)) safe(join(near, name));
      safe(near);
      renameSync(near, to);
    } catch (error) {
      rmSync(near, { recursive: true, force: true });
      throw error;
    }
    rmSync(from, { recursive: true, force: true });
  }
}

/** Brings what is sealed to its place, in one step, however often it is tried. False: it is at neither; what lies there may be other files. */
export function publish(house: string, { aside, published }: Sealed): boolean {
  const [from, to] = [pathOf(house, aside), join(exportsIn(house), published.folder)];
  if (existsSync(join(from, MANIFEST))) {
    makePlace(house, published.folder);
    // What lies there nobody was told of.
    rmSync(to, { recursive: true, force: true });
    moveIn(from, to);
  } else if (!isDeepStrictEqual(manifestOf(to, published.manifest)?.files, published.files)) return false;
  safe(dirname(to));
  return true;
}

/** Has a file, or the names in a folder, on disk. */
export function safe(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

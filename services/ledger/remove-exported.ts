import { existsSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Published } from '../model/schedule.ts';
import { exportsIn, MANIFEST, ROWS_FILE } from './exported.ts';
import { Outside, within } from './within.ts';

/**
 * Removes the files of a revision, and our own two beside them, nothing else; a folder goes when it is empty. Where somebody has taken
 * its manifest away nothing is removed, unless `isBare` may be.
 */
export function removeFiles(house: string, published: Pick<Published, 'folder' | 'files'>, isBare = false): void {
  const folder = folderIn(house, published.folder, isBare ? '' : MANIFEST);
  if (!folder) return;
  // By the ledger: a manifest may be damaged.
  const names = published.files.map(({ name }) => name);
  // The manifest last: what a kill leaves is found again.
  for (const name of [...names, ROWS_FILE, MANIFEST]) {
    const file = join(folder, name);
    if (dirname(file) === folder && lstatSync(file, { throwIfNoEntry: false })?.isFile()) unlinkSync(file);
  }
  for (const one of [folder, dirname(folder)]) if (readdirSync(one).length === 0) rmdirSync(one);
}

/** A folder that is not there, or lies elsewhere, has nothing of ours. */
function folderIn(house: string, published: string, sign: string): string | null {
  if (!existsSync(join(exportsIn(house), published, sign))) return null;
  try {
    return within(exportsIn(house), published);
  } catch (error) {
    if (error instanceof Outside) return null;
    throw error;
  }
}

import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportsIn, MANIFEST, type Manifest, ROWS_FILE } from './exported.ts';
import { Outside, within } from './within.ts';

/** Removes what a revision's manifest names, and our own two files beside it, nothing else; a folder goes when it is empty. */
export function removeFiles(house: string, published: string): void {
  const folder = folderIn(house, published);
  if (!folder) return;
  const names = namesIn(folder);
  // The manifest last: what a kill leaves is found again.
  for (const name of [...names, ROWS_FILE, MANIFEST]) {
    const file = join(folder, name);
    if (dirname(file) === folder && lstatSync(file, { throwIfNoEntry: false })?.isFile()) unlinkSync(file);
  }
  for (const one of [folder, dirname(folder)]) if (readdirSync(one).length === 0) rmdirSync(one);
}

/** A folder that is not there, or lies elsewhere, has nothing of ours. */
function folderIn(house: string, published: string): string | null {
  if (!existsSync(join(exportsIn(house), published, MANIFEST))) return null;
  try {
    return within(exportsIn(house), published);
  } catch (error) {
    if (error instanceof Outside) return null;
    throw error;
  }
}

const namesIn = (folder: string): string[] =>
  (JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest).files.map(({ name }) => name);

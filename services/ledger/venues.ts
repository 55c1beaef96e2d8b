import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './whole.ts';

/** Keeps a version of the venue in `DATA_DIR/venues/`, named by its hash. One that is there already changes nothing. */
export function keepVersion(dataDir: string, version: string, text: string): void {
  const folder = join(dataDir, 'venues');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${version}.json`);
  if (!existsSync(file)) writeWhole(file, text);
}

/** The text of a version that was kept, or null. */
export function readVersion(dataDir: string, version: string): string | null {
  const file = join(dataDir, 'venues', `${version}.json`);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

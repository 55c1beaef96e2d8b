import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce, writeShared } from './whole.ts';

/** Which version holds from when, UTC ms. */
export type Held = { from: number; version: string };

/**
 * Keeps a version of the venue in `DATA_DIR/venues/`, named by the hash of its text, and that it holds from now on. One
 * that holds already changes nothing. Roles that share the folder may do so at once.
 */
export function keepVersion(dataDir: string, version: string, canonical: string, now: number): void {
  const folder = join(dataDir, 'venues');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${version}.json`);
  if (!existsSync(file)) writeOnce(file, canonical);
  const held = readHeld(dataDir);
  if (held.at(-1)?.version !== version)
    writeShared(heldFile(dataDir), `${JSON.stringify([...held, { from: now, version }], null, 2)}\n`);
}

/** The versions in the order in which they came to hold. */
export function readHeld(dataDir: string): Held[] {
  const file = heldFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Held[]) : [];
}

const heldFile = (dataDir: string) => join(dataDir, 'venues', 'held.json');

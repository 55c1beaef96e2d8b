import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce, writeShared } from '../ledger/whole.ts';
import { Misconfigured } from '../settings/config.ts';

/** Brings a folder from one version to the next. What it moves may not be there, or be moved already: after a kill it is done again. */
export type Step = (dataDir: string) => void;
/** The first is that from version 1 to 2: one is added when a file moves, or means something else. */
const STEPS: readonly Step[] = [];
/** Which layout a data folder has. Tables have a version of their own. */
export const FOLDER_VERSION = 1 + STEPS.length;
const FOLDER_FILE = 'schema.json';
/** Below a data folder while a backup is put back into it: what lies there is not whole. */
export const RESTORING = 'restoring';

/**
 * Makes the data folder for its owner alone, and marks it with its version; so is whatever this process makes from now on, also
 * what a database makes by itself. One of an older version is brought up to date, step by step. Throws a sentence if it cannot be
 * written, was written by a newer Hallway, or holds half a backup. One without a mark that holds anything is from before there were
 * marks: version 1.
 */
export function makeFolder(dataDir: string, steps = STEPS): void {
  process.umask(0o077);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Misconfigured(notWritable(dataDir, error));
  }
  refuseHalf(dataDir);
  const newest = 1 + steps.length;
  refuseNewer(dataDir, newest);
  const file = join(dataDir, FOLDER_FILE);
  const isNew = readdirSync(dataDir).length === 0;
  if (!existsSync(file)) writeOnce(file, markOf(isNew ? newest : 1));
  for (let version = versionOf(dataDir)!; version < newest; version += 1) {
    steps[version - 1]!(dataDir);
    writeShared(file, markOf(version + 1));
  }
}

const markOf = (version: number): string => `${JSON.stringify({ version })}\n`;

export const notWritable = (dataDir: string, error: unknown): string =>
  `DATA_DIR: expected a folder that can be written, found ${dataDir} (${(error as Error).message})`;

/** Throws a sentence if half a backup is in the folder. */
export function refuseHalf(dataDir: string): void {
  if (existsSync(join(dataDir, RESTORING)))
    throw new Misconfigured(
      `DATA_DIR: expected a whole restore, found half of one in ${dataDir}; hallway restore begins it again`,
    );
}

/** The version of a data folder; null: it has no mark. Throws a sentence where the mark is none. */
export function versionOf(dataDir: string): number | null {
  const file = join(dataDir, FOLDER_FILE);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const version = versionIn(text);
  if (version !== null) return version;
  throw new Misconfigured(
    `${file}: expected {"version":${FOLDER_VERSION}}, found ${text.slice(0, 40).trim() || 'nothing'}`,
  );
}

/** Throws a sentence if a newer Hallway wrote the folder. */
export function refuseNewer(dataDir: string, newest = FOLDER_VERSION): void {
  const version = versionOf(dataDir) ?? newest;
  if (version > newest)
    throw new Misconfigured(
      `DATA_DIR: ${dataDir} was written by a newer Hallway (version ${version}, this one knows ${newest}); use that one, or restore a backup of before`,
    );
}

function versionIn(text: string): number | null {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return Number.isSafeInteger(version) && (version as number) >= 1 ? (version as number) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

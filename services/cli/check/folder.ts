import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDemo } from '../../demo/demo.ts';
import { FOLDER_VERSION, notWritable, refuseHalf, refuseNewer, versionOf } from '../../house/data-folder.ts';
import type { Config } from '../../settings/config.ts';
import { holdFolder, OWNER } from '../../store/database.ts';
import { parseKeys } from '../../validate/pseudonym.ts';
import { type Finding, fail, failBy, ok, warn } from './finding.ts';

const [MIB, GIB] = [2 ** 20, 2 ** 30];
/** Free bytes below which a day of a busy venue may not fit, and below which a start is in danger. */
const LOW = 5 * GIB;
const VERY_LOW = 512 * MIB;

/** The data folder: can it be written, whose is it, does somebody work in it, and its keys. Nothing is made. */
export async function checkFolder(config: Config, isServed: boolean): Promise<Finding[]> {
  const { dataDir, pseudonymKeys, role } = config;
  const found = nearest(dataDir);
  const keys = checkKeys(dataDir, pseudonymKeys);
  try {
    if (!statSync(found).isDirectory()) throw new Error(`${found} is a file`);
    accessSync(found, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const said = notWritable(dataDir, error);
    return [
      fail('data folder', said, 'give the user that runs Hallway this folder, or set DATA_DIR to another one'),
      ...keys,
    ];
  }
  const there = found === dataDir ? `${dataDir} can be written` : `${dataDir} will be made at the first start`;
  const taken = role === 'all' && !isServed ? await held(dataDir) : null;
  return [taken ?? ok('data folder', there), checkVersion(config), ...keys];
}

/** Whether another process has the folder. */
async function held(dataDir: string): Promise<Finding | null> {
  if (!existsSync(join(dataDir, OWNER))) return null;
  try {
    (await holdFolder(dataDir))();
    return null;
  } catch (error) {
    return fail('data folder', `DATA_DIR: ${(error as Error).message}`, 'two processes cannot share it');
  }
}

function checkVersion(config: Config): Finding {
  const { dataDir } = config;
  try {
    refuseHalf(dataDir);
    refuseNewer(dataDir);
    readDemo(config);
    const version = versionOf(dataDir);
    return ok('schema', version === null ? `version ${FOLDER_VERSION}, once it is marked` : `version ${version}`);
  } catch (error) {
    return failBy('schema', error, 'mend the folder, or use the Hallway that wrote it');
  }
}

/** How much room there is on the disk of the data folder. */
export function checkSpace({ dataDir }: Pick<Config, 'dataDir'>): Finding {
  const { bavail, bsize } = statfsSync(nearest(dataDir));
  const free = bavail * bsize;
  const said = `${(free / GIB).toFixed(1)} GiB free`;
  if (free < VERY_LOW) return fail('disk', said, 'make room: Hallway answers 503 when it cannot store');
  if (free < LOW) return warn('disk', said, 'make room, or set KEEP_DAYS so that old observations go');
  return ok('disk', said);
}

/** Whether the keys can be read, and by nobody else: without them old badges cannot be found again. */
function checkKeys(dataDir: string, given: string | null): Finding[] {
  const file = join(dataDir, 'pseudonym-keys');
  if (given !== null) return [checkText(given, 'PSEUDONYM_KEYS')];
  try {
    if (!existsSync(file)) return [ok('keys', 'made at the first start, and kept in the data folder')];
    const read = checkText(readFileSync(file, 'utf8').trim(), file);
    if ((statSync(file).mode & 0o077) === 0) return [read];
    return [...(read.state === 'fail' ? [read] : []), warn('keys', `others may read ${file}`, `chmod 600 ${file}`)];
  } catch (error) {
    return [fail('keys', `${file}: expected a file that can be read, found ${(error as Error).message}`, 'mend it')];
  }
}

function checkText(text: string, where: string): Finding {
  try {
    const { length } = parseKeys(text);
    return ok('keys', `${length} in ${where}; keep a copy: without them old badges cannot be found again`);
  } catch (error) {
    return fail('keys', `${where}: ${(error as Error).message}`, `mend ${where}`);
  }
}

/** The folder itself, or the nearest above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

/** When something was last written to the folder, UTC ms; null: never. */
export function lastWritten(dataDir: string): number | null {
  if (!statSync(dataDir, { throwIfNoEntry: false })?.isDirectory()) return null;
  const names = [join(dataDir, 'main', 'live-state'), join(dataDir, 'main', 'ledger'), join(dataDir, 'schema.json')];
  const seen = join(dataDir, 'main', 'as-seen');
  if (existsSync(seen)) names.push(...readdirSync(seen).map((name) => join(seen, name)));
  const times = names.flatMap((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

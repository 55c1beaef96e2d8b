import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../answer/refused.ts';
import { copiesIn } from '../house/copies.ts';
import { FOLDER_VERSION } from '../house/data-folder.ts';
import type { House } from '../house/house.ts';
import { sentenceOf } from '../sentence.ts';
import type { Config } from '../settings/config.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { asideIn, isBelow, type Linked, linkFolder, venueFiles } from './files.ts';
import { type BackedUp, type BackupManifest, copyHashed, writeManifest } from './manifest.ts';

/** How far a backup is, in bytes; the last line has what was made of it, or why it was not. */
export type BackupLine = {
  bytes: number;
  of: number;
  done?: Pick<BackupManifest, 'instant' | 'observations' | 'rejects'>;
  error?: string;
};

/** A line is written so often, so that a connection on which a large database is copied is not taken for a dead one, ms. */
const EVERY_MS = 1000;
const GIB = 2 ** 30;

type Given = Pick<Config, 'dataDir' | 'venueFile'>;
type Progress = { bytes: number; of: number };

/**
 * Backs up a house into a folder that is empty or not there, while it works: what was stored and decided by one instant. Only for that
 * instant nobody stores: files are linked and a transaction of the database begins; the rest is copied beside the work.
 */
export async function* backUp(
  config: Given,
  house: House,
  target: string,
  signal: AbortSignal,
): AsyncGenerator<BackupLine> {
  const progress: Progress = { bytes: 0, of: 0 };
  const ended: BackupLine[] = [];
  const whole = make(config, house, target, signal, progress).then(
    ({ instant, observations, rejects }) => ended.push({ ...progress, done: { instant, observations, rejects } }),
    (error: Error) => ended.push({ ...progress, error: sentenceOf(error) ?? error.message }),
  );
  while (ended.length === 0) {
    await Promise.race([whole, sleep(EVERY_MS)]);
    yield ended[0] ?? { ...progress };
  }
}

async function make(
  config: Given,
  house: House,
  target: string,
  signal: AbortSignal,
  progress: Progress,
): Promise<BackupManifest> {
  const { folder, engine } = house;
  if (folder === null) throw refused('a house that lies in its folder', 'one whose past is still laid: try again soon');
  if (!engine.prepareSnapshot) throw refused('an embedded store', 'InfluxDB, which is backed up by "influx backup"');
  refuseTarget(config.dataDir, target);
  const id = randomUUID();
  const [aside, copy] = [asideIn(config.dataDir, id), join(copiesIn(folder), `backup-${id}`)];
  let linked: Linked[] = [];
  let instant = 0;
  let snapshot: Snapshot | null = null;
  let isWhole = false;
  try {
    const take = await engine.prepareSnapshot(copy);
    snapshot = await take(() => {
      house.record.flush();
      instant = Date.now();
      linked = [...linkFolder(config.dataDir, aside), ...venueFiles(config, house.venue.file)];
    });
    await snapshot.write(signal);
    const database = join(copy, 'hallway.duckdb');
    const all = [...linked, { path: 'main/hallway.duckdb', from: database, bytes: statSync(database).size }];
    const files = await copyAll(all, target, signal, progress);
    const manifest = { version: FOLDER_VERSION, instant, venue: house.venue.version, ...snapshot.counts, files };
    writeManifest(target, manifest);
    isWhole = true;
    return manifest;
  } finally {
    snapshot?.close();
    for (const made of [aside, copy]) rmSync(made, { recursive: true, force: true });
    if (!isWhole && instant > 0) rmSync(target, { recursive: true, force: true });
  }
}

/** Throws a sentence where a backup cannot lie. */
function refuseTarget(dataDir: string, target: string): void {
  if (isBelow(dataDir, target)) throw refused(`a folder outside of ${dataDir}`, target);
  const found = statSync(target, { throwIfNoEntry: false });
  if (found && !(found.isDirectory() && readdirSync(target).length === 0))
    throw refused('a folder that is empty or not there', target);
}

async function copyAll(all: Linked[], target: string, signal: AbortSignal, progress: Progress): Promise<BackedUp[]> {
  progress.of = all.reduce((sum, { bytes }) => sum + bytes, 0);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(target);
  if (bavail * bsize < progress.of) {
    const [needed, free] = [progress.of, bavail * bsize].map((bytes) => `${(bytes / GIB).toFixed(2)} GiB`);
    throw refused(`${needed} free at ${target}`, free!);
  }
  const files: BackedUp[] = [];
  for (const { path, from, bytes } of all) {
    const to = join(target, path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    if (existsSync(to)) continue;
    const copied = await copyHashed(from, to, bytes, signal, (more) => (progress.bytes += more));
    if (copied.bytes !== bytes) throw refused(`${bytes} bytes of ${path}`, String(copied.bytes));
    files.push({ path, ...copied });
  }
  return files;
}

const refused = (expected: string, found: string): Refused => new Refused([{ pointer: '/folder', expected, found }]);

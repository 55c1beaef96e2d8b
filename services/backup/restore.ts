import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { FOLDER_VERSION, RESTORING } from '../house/data-folder.ts';
import { FolderRefused } from '../store/database.ts';
import { type BackupManifest, copyHashed, readManifest } from './manifest.ts';

/**
 * Puts a backup into a data folder that is empty, not there, or holds half a restore. Every file is checked before any is moved to its place;
 * a folder that is half restored starts no service. Throws a sentence with the name of what is torn, edited or missing.
 */
export async function restore(
  backup: string,
  dataDir: string,
  signal: AbortSignal,
  tell: (bytes: number, of: number) => void = () => {},
): Promise<BackupManifest> {
  const manifest = readManifest(backup);
  if (manifest.version > FOLDER_VERSION)
    throw new FolderRefused(
      `${backup}: expected a backup of version ${FOLDER_VERSION} at most, found ${manifest.version}: use the Hallway that made it`,
    );
  const half = join(dataDir, RESTORING);
  refuseTaken(dataDir, half);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  try {
    await copyChecked(backup, manifest, half, signal, tell);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw error;
  }
  moveUp(half, dataDir);
  return manifest;
}

/** Moved entries stand beside the half one after a kill: then they are what this backup put there. */
function refuseTaken(dataDir: string, half: string): void {
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (names.length > 0 && !existsSync(half))
    throw new FolderRefused(`DATA_DIR: expected an empty folder, found ${names.slice(0, 3).join(', ')} in ${dataDir}`);
}

async function copyChecked(
  backup: string,
  { files }: BackupManifest,
  half: string,
  signal: AbortSignal,
  tell: (bytes: number, of: number) => void,
): Promise<void> {
  const of = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let copied = 0;
  for (const { path, bytes, sha256 } of files) {
    const from = join(backup, path);
    if (isOut(path))
      throw new FolderRefused(`${path}: expected a path below the backup, found one that leads out of it`);
    if (!existsSync(from)) throw new FolderRefused(`${from}: expected ${bytes} bytes, found no such file`);
    const to = join(half, path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    const found = await copyHashed(from, to, Number.POSITIVE_INFINITY, signal, (more) => {
      copied += more;
      tell(copied, of);
    });
    if (found.bytes !== bytes) throw new FolderRefused(`${from}: expected ${bytes} bytes, found ${found.bytes}`);
    if (found.sha256 !== sha256)
      throw new FolderRefused(`${from}: expected the SHA-256 ${sha256}, found ${found.sha256}: it was changed since`);
  }
}

const isOut = (path: string): boolean => normalize(path).startsWith(`..${sep}`) || path.startsWith(sep);

/** The mark that it is half goes last: until then nothing starts here. */
function moveUp(half: string, dataDir: string): void {
  for (const name of readdirSync(half)) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
    renameSync(join(half, name), join(dataDir, name));
  }
  rmSync(half, { recursive: true });
}

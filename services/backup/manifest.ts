import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeWhole } from '../ledger/whole.ts';
import { FolderRefused } from '../store/database.ts';

/** A file of a backup: where it lies below the folder, with `/`. */
export type BackedUp = { path: string; bytes: number; sha256: string };

/** What a backup holds. `instant` (UTC ms): what was stored and decided by then is in it, and nothing later. */
export type BackupManifest = {
  /** of the layout of the data folder */
  version: number;
  instant: number;
  /** version of the venue */
  venue: string;
  observations: number;
  rejects: number;
  files: BackedUp[];
};

const MANIFEST = 'backup.json';

/** Puts the manifest beside its files, last: a folder without one is no backup. It carries its own SHA-256, so that an edit shows. */
export function writeManifest(folder: string, manifest: BackupManifest): void {
  const text = JSON.stringify({ sha256: sha256(JSON.stringify(manifest)), manifest }, null, 1);
  writeWhole(join(folder, MANIFEST), `${text}\n`);
}

/** The manifest of a backup. Throws a sentence where there is none, or one that was edited. */
export function readManifest(folder: string): BackupManifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) throw new FolderRefused(`expected a whole backup, found no ${MANIFEST} in ${folder}`);
  const found = parsed(readFileSync(file, 'utf8'));
  if (!found?.manifest || found.sha256 !== sha256(JSON.stringify(found.manifest)))
    throw new FolderRefused(`${file}: expected the manifest as it was written, found another text`);
  return found.manifest;
}

function parsed(text: string): { sha256?: string; manifest?: BackupManifest } | null {
  try {
    return JSON.parse(text) as { sha256?: string; manifest?: BackupManifest } | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Copies the first `bytes` of a file, safe when it resolves, and says what was copied. */
export async function copyHashed(
  from: string,
  to: string,
  bytes: number,
  signal: AbortSignal,
  tell: (bytes: number) => void = () => {},
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let copied = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      copied += chunk.length;
      tell(chunk.length);
      done(null, chunk);
    },
  });
  // A stream cannot be told to end before it begins.
  const source = bytes === 0 ? [] : createReadStream(from, { end: bytes - 1 });
  await pipeline(source, counting, createWriteStream(to, { mode: 0o600, flags: 'wx', flush: true }), { signal });
  return { bytes: copied, sha256: hash.digest('hex') };
}

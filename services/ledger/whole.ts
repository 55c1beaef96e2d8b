import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';

/** Writes a file beside its target and renames it: readers see the old one or the new one, never half of it. */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o600): void {
  renameSync(writeAside(`${file}.tmp`, content, mode), file);
}

/** As `writeWhole`, where several processes may write at once: of their files, each whole, the last stays. */
export function writeShared(file: string, content: string | Uint8Array, mode = 0o600): void {
  renameSync(writeAside(besideOf(file), content, mode), file);
}

/** Writes a file whole unless there is one: of several processes at once the first wins, and its file stays. */
export function writeOnce(file: string, content: string | Uint8Array, mode = 0o600): void {
  const aside = writeAside(besideOf(file), content, mode);
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(aside);
  }
}

/** What a look at a file or a folder says; null where it has gone meanwhile, or was never there. */
export function unlessGone<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A name that no other process has: in containers all have the same pid. */
const besideOf = (file: string): string => `${file}.${randomUUID()}.tmp`;

function writeAside(aside: string, content: string | Uint8Array, mode: number): string {
  const handle = openSync(aside, 'w', mode);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return aside;
}

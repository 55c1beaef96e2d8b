import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';

/** Writes a file beside its target and renames it: readers see the old one or the new one, never half of it. */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o600): void {
  renameSync(writeAside(`${file}.tmp`, content, mode), file);
}

/** Writes a file whole unless there is one: of several processes at once the first wins, and its file stays. */
export function writeOnce(file: string, content: string | Uint8Array, mode = 0o600): void {
  const aside = writeAside(`${file}.${process.pid}.tmp`, content, mode);
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(aside);
  }
}

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

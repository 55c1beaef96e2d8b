import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a file beside its target and renames it: readers see the old one or the new one, never half of it. */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  const aside = `${file}.${process.pid}.tmp`;
  const handle = openSync(aside, 'w', mode);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(aside, file);
}

import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A segment is closed when it has so many bytes, or when `cut` is called. */
export const SEGMENT_MAX = 2 ** 18;

/**
 * Lines that wait on disk, oldest first, in files of whole lines. What was put in and cut survives a power loss; a file
 * goes when all of it is safe elsewhere, so after a kill no more than one file is sent again, which is harmless.
 */
export type DiskQueue = {
  put(line: string): void;
  /** Makes what was put in safe on disk, and ready to be sent. */
  cut(): void;
  /** The oldest lines that are ready, and how to let go of them; null if there are none. */
  oldest(): { text: string; done(): void; refuse(): void } | null;
  /** bytes that wait */
  readonly bytes: number;
};

/** Opens the queue in `folder`, with what waited there before. */
export function openQueue(folder: string): DiskQueue {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (number: number, end = 'ndjson') => join(folder, `${String(number).padStart(12, '0')}.${end}`);
  const ready = readdirSync(folder)
    .filter((name) => /^\d{12}\.ndjson$/.test(name))
    .map((name) => ({ number: Number(name.slice(0, 12)), bytes: statSync(join(folder, name)).size }))
    .sort((a, b) => a.number - b.number);
  let next = (ready.at(-1)?.number ?? 0) + 1;
  let held: string[] = [];
  let heldBytes = 0;
  let bytes = ready.reduce((sum, one) => sum + one.bytes, 0);
  const cut = () => {
    if (held.length === 0) return;
    const text = Buffer.from(held.join(''));
    // Under another name until it is whole: a torn segment is never sent.
    const fd = openSync(fileOf(next, 'part'), 'w', 0o600);
    writeSync(fd, text);
    fdatasyncSync(fd);
    closeSync(fd);
    renameSync(fileOf(next, 'part'), fileOf(next));
    ready.push({ number: next, bytes: text.length });
    bytes += text.length - heldBytes;
    next += 1;
    held = [];
    heldBytes = 0;
  };
  return {
    put(line) {
      const size = Buffer.byteLength(line) + 1;
      held.push(`${line}\n`);
      heldBytes += size;
      bytes += size;
      if (heldBytes >= SEGMENT_MAX) cut();
    },
    cut,
    oldest() {
      const first = ready[0];
      if (!first) return null;
      const leave = (how: () => void) => {
        how();
        ready.shift();
        bytes -= first.bytes;
      };
      return {
        text: readFileSync(fileOf(first.number), 'utf8'),
        done: () => leave(() => rmSync(fileOf(first.number))),
        refuse: () => leave(() => renameSync(fileOf(first.number), fileOf(first.number, 'refused'))),
      };
    },
    get bytes() {
      return bytes;
    },
  };
}

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
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** A segment is closed when it has so many bytes, or when `cut` is called. */
export const SEGMENT_MAX = 2 ** 18;
/** What the system says of a disk that takes no more: that ends. */
const FULL = ['ENOSPC', 'EDQUOT'];

/**
 * Lines that wait on disk, oldest first, in files of whole lines. What was put in and cut survives a power loss; a file
 * goes when all of it is safe elsewhere, so after a kill no more than one file is sent again, which is harmless. What was refused
 * stays in files that end in `.refused` until somebody removes them.
 */
export type DiskQueue = {
  put(line: string): void;
  /** Makes what was put in safe on disk, and ready to be sent; false: the disk is full, and it is still held in memory. */
  cut(): boolean;
  /** Keeps lines that will never be sent; false: the disk is full. */
  refuse(lines: readonly string[]): boolean;
  /** The oldest lines that are ready, each with its end, and how to let go of them; null if there are none. */
  oldest(): { lines: string[]; done(): void } | null;
  /** bytes that wait, in memory too */
  readonly bytes: number;
  /** bytes of what was refused, as it lies on disk now */
  readonly refusedBytes: number;
  /** bytes that are not on disk yet */
  readonly heldBytes: number;
};

/** Writes a file whole or not at all. By default onto the disk. */
type Write = (file: string, content: Buffer) => void;

/** Opens the queue in `folder`, with what waited there before. */
export function openQueue(folder: string, write: Write = writeSafe): DiskQueue {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = (end: string) => readdirSync(folder).filter((name) => new RegExp(`^\\d{12}\\.${end}$`).test(name));
  const sizeOf = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  const fileOf = (number: number, end: string) => join(folder, `${String(number).padStart(12, '0')}.${end}`);
  const ready = files('ndjson')
    .map((name) => ({ number: Number(name.slice(0, 12)), bytes: sizeOf(name) }))
    .sort((a, b) => a.number - b.number);
  let next = Math.max(0, ...files('(ndjson|refused)').map((name) => Number(name.slice(0, 12)))) + 1;
  let held: string[] = [];
  let heldBytes = 0;
  let readyBytes = ready.reduce((sum, one) => sum + one.bytes, 0);
  /** Keeps lines under the next number; false: the disk is full. */
  const keep = (lines: string[], end: string): boolean => {
    // Under another name until it is whole: a torn segment is never sent.
    const part = fileOf(next, 'part');
    try {
      write(part, Buffer.from(lines.join('')));
    } catch (error) {
      rmSync(part, { force: true });
      if (FULL.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
    renameSync(part, fileOf(next, end));
    next += 1;
    return true;
  };
  const cut = (): boolean => {
    if (held.length === 0) return true;
    if (!keep(held, 'ndjson')) return false;
    ready.push({ number: next - 1, bytes: heldBytes });
    readyBytes += heldBytes;
    [held, heldBytes] = [[], 0];
    return true;
  };
  return {
    put(line) {
      held.push(`${line}\n`);
      heldBytes += Buffer.byteLength(line) + 1;
      if (heldBytes >= SEGMENT_MAX) cut();
    },
    cut,
    refuse: (lines) =>
      keep(
        lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)),
        'refused',
      ),
    oldest() {
      const first = ready[0];
      if (!first) return null;
      return {
        lines: readFileSync(fileOf(first.number, 'ndjson'), 'utf8').split(/(?<=\n)/),
        done() {
          rmSync(fileOf(first.number, 'ndjson'));
          ready.shift();
          readyBytes -= first.bytes;
        },
      };
    },
    get bytes() {
      return readyBytes + heldBytes;
    },
    get refusedBytes() {
      return files('refused').reduce((sum, name) => sum + sizeOf(name), 0);
    },
    get heldBytes() {
      return heldBytes;
    },
  };
}

function writeSafe(file: string, content: Buffer): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeFileSync(handle, content);
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  type FSWatcher,
  fdatasync,
  fstatSync,
  watch as look,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { createBook } from './book.ts';
import { entryOf, type Kept, textOf } from './entry.ts';
import type { Ledger } from './ledger.ts';

const safe = promisify(fdatasync);
/** Bytes that are read at once; no entry is nearly as long. */
const BLOCK = 2 ** 20;
/** How often it is looked for what others put, where the system does not tell, ms. */
const EVERY_MS = 500;
const NEWLINE = 10;
/** Of a checksum in hex, and the blank after it. */
export const SUM = 9;

/** Where an entry's JSON stands in the file. */
type Place = { version: number; at: number; length: number };

export type FileLedger = Ledger & { close(): void };

/**
 * A ledger in one file that any number of processes open. An entry is one appending write of newline, checksum, JSON,
 * newline, so what a kill or a full disk has torn is a line of its own and spoils no other. Where each entry stands is kept
 * in memory, the entries are not; what is there already is read before the promise resolves.
 */
export async function fileLedger(file: string, now: () => number = Date.now): Promise<FileLedger> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'a+', 0o600);
  const read = ({ at, length }: Place): Kept => entryOf(bytesAt(handle, at, length).toString())!;
  const book = createBook<Place>(read);
  const reader = createReader(handle, (entry, at, length) => {
    book.take(entry.key, { version: entry.version, at, length });
  });
  while (reader.step()) await breathe();
  const catchUp = () => {
    while (reader.step());
  };
  const stopping = new AbortController();
  return {
    async put(key, version, value) {
      const kept: Kept = { key, version, value, time: now(), id: randomUUID() };
      const text = textOf(kept);
      catchUp();
      if (book.find(key, version)) return false;
      append(handle, lined(text), file);
      await safe(handle);
      catchUp();
      return read(book.find(key, version)!).id === kept.id;
    },
    async get(key) {
      catchUp();
      return book.get(key);
    },
    async list(prefix, options) {
      catchUp();
      return book.list(prefix, options);
    },
    watch(prefix, signal) {
      catchUp();
      follow(file, catchUp, AbortSignal.any([signal, stopping.signal]));
      return book.watch(prefix, AbortSignal.any([signal, stopping.signal]));
    },
    close() {
      stopping.abort();
      closeSync(handle);
    },
  };
}

/** The checksum of an entry's JSON, in hex. */
export const sumOf = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

const lined = (text: string): Buffer => Buffer.from(`\n${sumOf(Buffer.from(text))} ${text}\n`);

/** An entry as it stands in a file. */
export const lineOf = (kept: Kept): Buffer => lined(textOf(kept));

function append(handle: number, bytes: Buffer, file: string): void {
  const written = writeSync(handle, bytes);
  // What was torn begins with a newline and is followed by one: it is nobody's entry.
  if (written < bytes.length) throw new Error(`${file}: expected to write ${bytes.length} bytes, wrote ${written}`);
}

function bytesAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  readSync(handle, bytes, 0, length, at);
  return bytes;
}

/** Reads on where it stopped, a block a step, whole lines only; false: there is no more. */
function createReader(handle: number, found: (entry: Kept, at: number, length: number) => void) {
  const block = Buffer.allocUnsafe(BLOCK);
  let offset = 0;
  return {
    step(): boolean {
      if (fstatSync(handle).size <= offset) return false;
      const length = readSync(handle, block, 0, BLOCK, offset);
      const end = block.subarray(0, length).lastIndexOf(NEWLINE) + 1;
      for (let from = 0; from < end; ) {
        const until = block.indexOf(NEWLINE, from);
        const entry = entryIn(block.subarray(from, until));
        if (entry) found(entry, offset + from + SUM, until - from - SUM);
        from = until + 1;
      }
      // A block without a newline holds no entry: somebody else wrote it.
      const taken = end === 0 && length === BLOCK ? BLOCK : end;
      offset += taken;
      return taken > 0;
    },
  };
}

function entryIn(line: Buffer): Kept | null {
  if (line.length <= SUM) return null;
  const json = line.subarray(SUM);
  return line.toString('latin1', 0, SUM) === `${sumOf(json)} ` ? entryOf(json.toString()) : null;
}

/** Calls `changed` when the file grows, until `signal` aborts. */
function follow(file: string, changed: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setInterval(changed, EVERY_MS).unref();
  const watcher = watched(file, changed);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    watcher?.close();
  });
}

/** Null where the system has no more watches to give, or knows none for such a disk: then looking now and then has to do. */
function watched(file: string, changed: () => void): FSWatcher | null {
  try {
    return look(file, { persistent: false }, changed).on('error', () => undefined);
  } catch {
    return null;
  }
}

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
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { createBook } from './book.ts';
import { entryOf, type Kept, textOf } from './entry.ts';
import type { Renewable } from './ledger.ts';
import { writeWhole } from './whole.ts';

const safe = promisify(fdatasync);
/** Bytes that are read at once; no entry is nearly as long. */
const BLOCK = 2 ** 20;
/** How often it is looked for what others put, where the system does not tell, ms. */
const EVERY_MS = 500;
const NEWLINE = 10;
/** Entries after which others have a turn while all are written. */
const BREATHS = 500;
/** Of a checksum in hex, and the blank after it. */
export const SUM = 9;

/** Between two looks whether the next file is in its place, ms, and how often: that takes no longer than writing it. */
const NEXT_MS = 5;
const LOOKS_MAX = 2000;
/** The line that ends a file: what stands below it counts for nothing, since the next file takes its place. */
const END = Buffer.from('end');

/** Where an entry's JSON stands in which file. */
type Place = { version: number; time: number; handle: number; at: number; length: number };

export type FileLedger = Renewable & { close(): void };

/**
 * A ledger in one file that any number of processes open. An entry is one appending write of newline, checksum, JSON,
 * newline, so what a kill or a full disk has torn is a line of its own and spoils no other. Where each entry stands is kept
 * in memory, the entries are not; what is there already is read before the promise resolves. One process at a time may renew it:
 * it ends the file by a line and puts the next in its place, and whoever comes too late with an entry puts it there.
 */
export async function fileLedger(file: string, now: () => number = Date.now): Promise<FileLedger> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { book, read, log, catchUp, followers, end } = await openLogs(file);
  const stopping = new AbortController();
  return {
    async put(key, version, value) {
      const kept: Kept = { key, version, value, time: now(), id: randomUUID() };
      const line = lined(Buffer.from(textOf(kept)));
      for (let looks = 0; looks < LOOKS_MAX; looks++) {
        catchUp();
        const there = book.find(key, version);
        if (there) return read(there).id === kept.id;
        const { handle, isEnded } = log();
        if (isEnded()) await sleep(NEXT_MS);
        else {
          append(handle, line, file);
          await safe(handle);
        }
      }
      throw new Error(`${file}: a kill has left it half renewed; a start of the service ends that`);
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
      const both = AbortSignal.any([signal, stopping.signal]);
      follow(file, catchUp, followers, both);
      return book.watch(prefix, both);
    },
    async renew(staying) {
      catchUp();
      const known = book.all();
      const all: Kept[] = [];
      for (const place of known) if (all.push(read(place)) % BREATHS === 0) await breathe();
      const stay = new Set(staying(all) ?? all);
      const gone = known.length - stay.size;
      const { handle, isEnded, step } = log();
      if (gone === 0 && !isEnded()) return 0;
      // From here on nobody else has a turn in this process, and others wait.
      if (!isEnded()) append(handle, lined(END), file);
      while (step());
      const taken = new Set(known);
      const more = book.all().filter((place) => !taken.has(place));
      const left = [...known.filter((_, i) => stay.has(all[i]!)), ...more];
      writeWhole(file, Buffer.concat(left.map((place) => lined(bytesOf(place)))));
      catchUp();
      return gone;
    },
    close() {
      stopping.abort();
      end();
    },
  };
}

/** The file that is there, and each that takes its place: what is known is always of the newest. */
async function openLogs(file: string) {
  const read = (place: Place): Kept => entryOf(bytesOf(place).toString())!;
  const book = createBook<Place>(read, (known, place) => known.handle !== place.handle);
  const followers = new Set<() => void>();
  const open = () =>
    createLog(file, ({ key, version, time }, place) => void book.take(key, { version, time, ...place }));
  let [log, before]: [ReturnType<typeof createLog>, number | null] = [open(), null];
  while (log.step()) await breathe();
  return {
    ...{ book, read, followers, log: () => log },
    catchUp() {
      while (log.step());
      if (!log.isEnded() || !isReplaced(file, log.handle)) return;
      // Whoever is still making an entry safe in the old file needs it for that long.
      if (before !== null) closeSync(before);
      before = log.handle;
      log = open();
      while (log.step());
      book.drop(({ handle }) => handle !== log.handle);
      for (const again of followers) again();
    },
    end() {
      for (const handle of [before, log.handle]) if (handle !== null) closeSync(handle);
    },
  };
}

/** The checksum of an entry's JSON, in hex. */
export const sumOf = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

const lined = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`\n${sumOf(bytes)} `), bytes, Buffer.from('\n')]);

/** The end as it is read. */
const LAST = lined(END).subarray(1, -1);

function append(handle: number, bytes: Buffer, file: string): void {
  const written = writeSync(handle, bytes);
  // What was torn begins with a newline and is followed by one: it is nobody's entry.
  if (written < bytes.length) throw new Error(`${file}: expected to write ${bytes.length} bytes, wrote ${written}`);
}

function bytesOf({ handle, at, length }: Place): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  readSync(handle, bytes, 0, length, at);
  return bytes;
}

/** Reads on where it stopped, a block a step, whole lines only, up to its end; false: there is no more. */
function createLog(file: string, found: (entry: Kept, place: Omit<Place, 'version' | 'time'>) => void) {
  const handle = openSync(file, 'a+', 0o600);
  const block = Buffer.allocUnsafe(BLOCK);
  let [offset, isEnded] = [0, false];
  return {
    handle,
    isEnded: () => isEnded,
    step(): boolean {
      if (isEnded || fstatSync(handle).size <= offset) return false;
      const length = readSync(handle, block, 0, BLOCK, offset);
      const end = block.subarray(0, length).lastIndexOf(NEWLINE) + 1;
      for (let from = 0; from < end; ) {
        const until = block.indexOf(NEWLINE, from);
        const line = block.subarray(from, until);
        isEnded = line.equals(LAST);
        if (isEnded) return false;
        const entry = entryIn(line);
        if (entry) found(entry, { handle, at: offset + from + SUM, length: until - from - SUM });
        from = until + 1;
      }
      // A block without a newline holds no entry: somebody else wrote it.
      const taken = end === 0 && length === BLOCK ? BLOCK : end;
      offset += taken;
      return taken > 0;
    },
  };
}

/** Whether another file stands where this one stood. */
const isReplaced = (file: string, handle: number): boolean => statSync(file).ino !== fstatSync(handle).ino;

function entryIn(line: Buffer): Kept | null {
  if (line.length <= SUM) return null;
  const json = line.subarray(SUM);
  return line.toString('latin1', 0, SUM) === `${sumOf(json)} ` ? entryOf(json.toString()) : null;
}

/** Calls `changed` when the file grows, until `signal` aborts; `followers` are called when another stands in its place. */
function follow(file: string, changed: () => void, followers: Set<() => void>, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setInterval(changed, EVERY_MS).unref();
  let watcher = watched(file, changed);
  const again = () => {
    watcher?.close();
    watcher = watched(file, changed);
  };
  followers.add(again);
  signal.addEventListener('abort', () => {
    followers.delete(again);
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

import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Temporal } from 'temporal-polyfill';
import { type Line, parseLine } from '../model/line.ts';
import type { Span } from '../model/venue.ts';

/** Ends of time, for spans that have none. */
const EARLIEST_MS = Date.UTC(1970, 0, 2);
const LATEST_MS = Date.UTC(2200, 0, 1);
const NEVER = Number.NEGATIVE_INFINITY;

/** The as-seen record: a line a second, a file a day of the venue's zone. What is in it was shown; it is never changed. */
export type AsSeen = {
  append(line: Line): void;
  /** Writes what is held. */
  flush(): void;
  /** the time of the newest line, UTC ms; −Infinity if there is none */
  readonly last: number;
  /** The lines of one day, `2026-11-03`, as texts, but the first so many: the last one may not be whole yet. */
  texts(day: string, skipped?: number): AsyncIterable<string>;
  /** The days there are, in order; those that a span touches. */
  days(span?: Span): string[];
  /** Forgets the days that ended before an instant, UTC ms. Returns how many. */
  forget(before: number): number;
  /** The lines after an instant, UTC ms, of the days that hold it and later. */
  after(time: number): AsyncGenerator<Line>;
};

/** Where days lie, oldest first or not: texts of whole lines, a newline after each. */
type Days = {
  names(): string[];
  append(day: string, text: string): void;
  drop(day: string): void;
  texts(day: string, skipped?: number): AsyncIterable<string>;
};

/**
 * Opens the record in `folder`; a line that was torn by a kill is cut off the newest file. Whoever makes many lines at
 * once may have up to `held` bytes of them written together, and then has to call `flush`.
 */
export function openRecord(folder: string, zone: string, held = 0): AsSeen {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const days = filesIn(folder);
  const newest = days.names().sort().at(-1);
  return recordOf(days, zone, newest ? cutTorn(days.fileOf(newest)) : NEVER, held);
}

function filesIn(folder: string): Days & { fileOf(day: string): string } {
  const fileOf = (day: string) => join(folder, `${day}.ndjson`);
  const names = () =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
      .map((name) => name.slice(0, 10));
  return {
    fileOf,
    names,
    append: (day, text) => appendFileSync(fileOf(day), text, { mode: 0o600 }),
    drop: (day) => rmSync(fileOf(day), { force: true }),
    texts(day, skipped = 0) {
      const bytes = createReadStream(fileOf(day));
      const input = skipped === 0 ? bytes : Readable.from(afterLines(bytes, skipped), { objectMode: false });
      return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    },
  };
}

/** What comes after so many lines: they are counted as bytes, which is a quarter of the work of reading them. */
async function* afterLines(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    let at = 0;
    for (; left > 0 && at < chunk.length; left--) {
      const end = chunk.indexOf('\n', at);
      if (end < 0) break;
      at = end + 1;
    }
    if (left === 0 && at < chunk.length) yield chunk.subarray(at);
  }
}

/** What was shown so far, for whoever does not make it: the last line may not be whole yet. */
export function readRecord(folder: string, zone: string): Pick<AsSeen, 'texts' | 'days' | 'last' | 'after'> {
  const days = filesIn(folder);
  const newest = days.names().sort().at(-1);
  return recordOf(days, zone, newest ? lastTimeIn(wholeLines(readFileSync(days.fileOf(newest)))) : NEVER, 0);
}

/** Lines that are packed together: they repeat each other. */
const PACKED = 600;

/** `rewrite`: changes lines that are there, a text each, while more may be appended. Resolves to the days that were changed. */
export type MemoryRecord = AsSeen & { rewrite(change: (text: string) => string): Promise<string[]> };

/** A record that ends with the process. */
export function memoryRecord(zone: string): MemoryRecord {
  const kept = new Map<string, { packed: Buffer[]; lines: string[] }>();
  const days: Days = {
    names: () => [...kept.keys()],
    append(day, text) {
      const { packed, lines } = kept.get(day) ?? { packed: [], lines: [] };
      lines.push(text.trimEnd());
      if (lines.length === PACKED) packed.push(deflateRawSync(lines.splice(0).join('\n')));
      kept.set(day, { packed, lines });
    },
    drop: (day) => void kept.delete(day),
    texts: async function* (day, skipped = 0) {
      const { packed, lines } = kept.get(day) ?? { packed: [], lines: [] };
      const open = [...lines];
      let left = skipped;
      for (const block of [...packed]) {
        if (left < PACKED) yield* inflateRawSync(block).toString().split('\n').slice(left);
        left = Math.max(0, left - PACKED);
      }
      yield* open.slice(left);
    },
  };
  const rewrite: MemoryRecord['rewrite'] = async (change) => {
    const changed = new Set<string>();
    for (const [day, { packed, lines }] of kept) {
      /** null: as they are */
      const anew = (texts: string[]) => {
        const found = texts.map(change);
        if (found.every((text, i) => text === texts[i])) return null;
        changed.add(day);
        return found;
      };
      // First: what is packed meanwhile is packed as it is then.
      const blocks = packed.length;
      lines.splice(0, lines.length, ...(anew(lines) ?? lines));
      for (let i = 0; i < blocks; i++) {
        const found = anew(inflateRawSync(packed[i]!).toString().split('\n'));
        if (found) packed[i] = deflateRawSync(found.join('\n'));
        await immediate();
      }
    }
    return [...changed].sort();
  };
  return Object.assign(recordOf(days, zone, Number.NEGATIVE_INFINITY, 0), { rewrite });
}

function recordOf({ names, append, drop, texts }: Days, zone: string, newest: number, held: number): AsSeen {
  const dayOf = dayIn(zone);
  const dayAt = (time: number) => dayOf(Math.max(EARLIEST_MS, Math.min(LATEST_MS, time)));
  const days = (span: Span = { from: EARLIEST_MS, until: LATEST_MS }) =>
    names()
      .filter((day) => day >= dayAt(span.from) && day <= dayAt(span.until - 1))
      .sort();
  let last = newest;
  /** lines that wait to be written, of one day */
  let waiting = { day: '', text: '' };
  /** the last line may be half a one: the disk was full */
  let isTorn = false;
  const flush = () => {
    const { day, text } = waiting;
    waiting = { day: '', text: '' };
    if (text === '') return;
    const begin = isTorn ? '\n' : '';
    isTorn = true;
    append(day, begin + text);
    isTorn = false;
  };
  async function* after(time: number): AsyncGenerator<Line> {
    for (const day of days({ from: time, until: LATEST_MS }))
      for await (const text of texts(day)) {
        const line = parseLine(text);
        if (line && line.time > time) yield line;
      }
  }
  return {
    get last() {
      return last;
    },
    append(line) {
      const day = dayOf(line.time);
      if (day !== waiting.day) flush();
      waiting = { day, text: `${waiting.text}${JSON.stringify(line)}\n` };
      if (waiting.text.length > held) flush();
      last = line.time;
    },
    flush,
    texts,
    days,
    forget(before) {
      const old = days({ from: EARLIEST_MS, until: LATEST_MS }).filter((day) => day < dayAt(before));
      old.forEach(drop);
      return old.length;
    },
    after,
  };
}

/** The day of an instant in a zone; the bounds of the last one are kept, since a conversion is dear. */
function dayIn(zone: string): (time: number) => string {
  let [day, from, until] = ['', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return (time) => {
    if (time >= from && time < until) return day;
    const start = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).startOfDay();
    day = start.toPlainDate().toString();
    from = start.epochMilliseconds;
    until = start.add({ days: 1 }).startOfDay().epochMilliseconds;
    return day;
  };
}

/** Leaves whole lines only: what follows the last newline was never finished. Returns the time of the last one. */
function cutTorn(file: string): number {
  const bytes = readFileSync(file);
  const whole = wholeLines(bytes);
  if (whole.length < bytes.length) truncateSync(file, whole.length);
  return lastTimeIn(whole);
}

const wholeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf(10) + 1);

function lastTimeIn(whole: Buffer): number {
  const text = whole.subarray(0, Math.max(0, whole.length - 1));
  return parseLine(text.subarray(text.lastIndexOf(10) + 1).toString())?.time ?? NEVER;
}

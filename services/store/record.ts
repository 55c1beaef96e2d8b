import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Temporal } from 'temporal-polyfill';
import type { Line } from '../model/line.ts';

/** The as-seen record: a line a second, a file a day of the venue's zone. What is in it was shown; it is never changed. */
export type AsSeen = {
  append(line: Line): void;
  /** the time of the newest line when it was opened, UTC ms; −Infinity if there was none */
  readonly last: number;
  /** The lines of one day, `2026-11-03`, as far as they are whole. */
  read(day: string): AsyncGenerator<Line>;
  /** The days there are, in order. */
  days(): string[];
  /** The lines after an instant, UTC ms, of the days that hold it and later. */
  after(time: number): AsyncGenerator<Line>;
};

/** Opens the record in `folder`; a line that was torn by a kill is cut off the newest file. */
export function openRecord(folder: string, zone: string): AsSeen {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (day: string) => join(folder, `${day}.ndjson`);
  const days = () =>
    readdirSync(folder)
      .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
      .map((name) => name.slice(0, 10))
      .sort();
  const newest = days().at(-1);
  const last = newest ? cutTorn(fileOf(newest)) : Number.NEGATIVE_INFINITY;
  const dayOf = dayIn(zone);

  async function* read(day: string): AsyncGenerator<Line> {
    if (!existsSync(fileOf(day))) return;
    for await (const text of createInterface({
      input: createReadStream(fileOf(day)),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      const line = parse(text);
      if (line) yield line;
    }
  }
  async function* after(time: number): AsyncGenerator<Line> {
    const first = dayOf(time);
    for (const day of days()) if (day >= first) for await (const line of read(day)) if (line.time > time) yield line;
  }
  return {
    last,
    append: (line) => appendFileSync(fileOf(dayOf(line.time)), `${JSON.stringify(line)}\n`, { mode: 0o600 }),
    read,
    days,
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
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(file, end);
  const text = bytes.subarray(0, Math.max(0, end - 1));
  return parse(text.subarray(text.lastIndexOf(10) + 1).toString())?.time ?? Number.NEGATIVE_INFINITY;
}

/** A line that is being written while it is read is not there yet. */
function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

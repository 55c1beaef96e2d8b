import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBTimestampValue } from '@duckdb/node-api';
import type { Bench } from '../../jobs/job.ts';
import { writeMinutes as writeSums } from '../../jobs/minutes.ts';
import type { RoomSums } from '../../services/answer/seconds.ts';
import type { Entry, Ledger } from '../../services/ledger/ledger.ts';
import { publish } from '../../services/ledger/manifest.ts';
import { daysIn } from '../../services/model/day.ts';
import type { RoomFrame } from '../../services/model/frame.ts';
import { COVERAGES } from '../../services/model/frame.ts';
import type { Venue } from '../../services/model/venue.ts';
import { type Memory, openMemory } from '../../services/store/database.ts';
import { memoryRecord } from '../../services/store/record.ts';

/** A ledger in memory, for tests. */
export function tinyLedger(now: () => number = Date.now): Ledger {
  const entries: Entry[] = [];
  const newest = (key: string) => entries.filter((entry) => entry.key === key).at(-1) ?? null;
  return {
    async put(key, version, value) {
      if (entries.some((entry) => entry.key === key && entry.version === version)) return false;
      entries.push({ key, version, value: structuredClone(value), time: now() });
      return true;
    },
    get: async (key) => newest(key),
    async list(prefix, { history = false } = {}) {
      const all = entries.filter(({ key }) => key.startsWith(prefix));
      return (history ? all : all.filter((entry) => newest(entry.key) === entry)).sort((a, b) =>
        a.key < b.key ? -1 : 1,
      );
    },
    async *watch() {},
  };
}

/** A minute of a room, as the job `frames` keeps it; what is not said is quiet and good. */
export type Minute = { room: string; time: number } & Partial<{
  people: number;
  claps: number;
  temperature: number | null;
  state: 'good' | 'thin' | 'deaf' | 'silent';
}>;

/** A bench over minute frames that a test makes up, in a folder that goes with `end`. */
export async function benchOf(venue: Venue, minutes: Minute[], given: Partial<Bench> = {}) {
  const house = mkdtempSync(join(tmpdir(), 'hallway-jobs-'));
  await publishMinutes(house, venue, minutes);
  const opened: Memory[] = [];
  const bench: Bench = {
    house,
    venue,
    record: memoryRecord(venue.zone),
    ledger: tinyLedger(),
    copy: () => noObservations(house),
    ask: () => Promise.reject(new Error('expected nobody to ask')),
    async database() {
      const memory = await openMemory(house);
      opened.push(memory);
      return memory;
    },
    now: () => Date.UTC(2030, 0, 1),
    progress: () => undefined,
    signal: new AbortController().signal,
    ...given,
  };
  const end = () => {
    for (const memory of opened) memory.close();
    rmSync(house, { recursive: true, force: true });
  };
  return { bench, end };
}

/** The day of an instant in the venue's zone. */
export const dayAt = (time: number, { zone }: Venue) => daysIn({ from: time, until: time + 1 }, zone)[0]!;

/** A report of a badge: what it says. */
export type Report = { badge: string; time: number; claps: number; temperature: number };

const noObservations = (house: string): Promise<string> => copyOf(house, []);

/** What the store copies, as far as jobs look at it. */
export async function copyOf(house: string, reports: Report[]): Promise<string> {
  const memory = await openMemory(house);
  const { connection } = memory;
  const file = join(house, 'copy.parquet');
  await connection.run(
    'CREATE TABLE o (kind VARCHAR, badge VARCHAR, time TIMESTAMP, claps SMALLINT, temperature DOUBLE)',
  );
  const appender = await connection.createAppender('o');
  for (const { badge, time, claps, temperature } of reports) {
    appender.appendVarchar('sighting');
    appender.appendVarchar(badge);
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(time) * 1000n));
    appender.appendSmallInt(claps);
    appender.appendDouble(temperature);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run('COPY o TO $file (FORMAT parquet)', { file });
  memory.close();
  return file;
}

/** Publishes minutes as the job `frames` does, a part a day. */
export async function publishMinutes(house: string, venue: Venue, minutes: Minute[]): Promise<void> {
  const sorted = minutes.toSorted((a, b) => a.time - b.time);
  const days = sorted.length > 0 ? daysIn({ from: sorted[0]!.time, until: sorted.at(-1)!.time + 1 }, venue.zone) : [];
  const memory = await openMemory(house);
  let first = 0;
  try {
    for (const { day, from, until } of days) {
      const end = sorted.findIndex(({ time }, i) => i >= first && time >= until);
      const list = sorted.slice(first, end < 0 ? sorted.length : end);
      first += list.length;
      if (list.length === 0) continue;
      const part = { day, span: { from, until }, positions: [1], venue: venue.version, rule: '1', made: 1, note: null };
      await publish(house, 'frames', { ...part, asSeen: false }, (file) =>
        writeSums(memory, list.map(sumsOf), '', file),
      );
    }
  } finally {
    memory.close();
  }
}

const sumsOf = ({ room, time, people = 0, claps = 0, temperature = null, state = 'good' }: Minute): RoomSums => ({
  room,
  bin: { from: time, until: time + 60_000 },
  frames: 60,
  gap: 0,
  present: Math.round(people * 60),
  peak: Math.ceil(people),
  parked: 0,
  claps: Math.round(claps * 60),
  temperature: temperature === null ? 0 : Math.round(temperature * 6000),
  felt: temperature === null ? 0 : 60,
  coverage: COVERAGES.map((one) => (one === state ? 60 : 0)),
  usual: { low: 0, high: 0, seconds: 0 },
  heard: 1,
});

/** Frames of seconds as minutes. */
export function minutesFrom(): { add(time: number, rooms: readonly RoomFrame[]): void; minutes(): Minute[] } {
  type Sum = { n: number; people: number; claps: number; warmth: number; felt: number; held: number[] };
  const sums = new Map<string, Sum>();
  return {
    add(time, rooms) {
      const minute = Math.floor(time / 60_000) * 60_000;
      for (const { room, occupancy, claps, temperature, coverage } of rooms) {
        const key = `${minute} ${room}`;
        const sum = sums.get(key) ?? { n: 0, people: 0, claps: 0, warmth: 0, felt: 0, held: COVERAGES.map(() => 0) };
        sums.set(key, sum);
        sum.n += 1;
        sum.people += occupancy ?? 0;
        sum.claps += claps * 10;
        sum.held[COVERAGES.indexOf(coverage)]! += 1;
        if (temperature === null) continue;
        sum.warmth += temperature;
        sum.felt += 1;
      }
    },
    minutes: () =>
      [...sums].map(([key, { n, people, claps, warmth, felt, held }]): Minute => {
        const [time, room] = key.split(' ') as [string, string];
        const state = COVERAGES[held.indexOf(Math.max(...held))] as Minute['state'];
        const temperature = felt > 0 ? warmth / felt : null;
        return { room, time: Number(time), people: people / n, claps: claps / n, temperature, ...(state && { state }) };
      }),
  };
}

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sifted } from '../house/forgotten.ts';
import type { House } from '../house/house.ts';
import { writeWhole } from '../ledger/whole.ts';
import { REPLAYED_FROM } from '../model/batch.ts';
import { formatInstant } from '../model/instant.ts';
import { Misconfigured, type ReplaySettings } from '../settings/config.ts';
import { fileSource } from '../source/file.ts';
import { type Anchor, replayClock } from '../source/replay/clock.ts';
import { type Course, replaySource } from '../source/replay.ts';
import type { Source } from '../source/source.ts';
import { NoCopy, openRecording, type Recording, recordCopy, recordRows } from '../store/recording.ts';
import type { Stored } from '../store/store.ts';
import { Unreadable } from '../validate/reader.ts';
import type { Every } from './picture.ts';
import { flow } from './river.ts';

const SECOND_MS = 1000;
/** How often it is written down where the replay stands, ms. */
const KEPT_EVERY_MS = 1000;
/** Seconds of the recording that are told without a saved state at most. */
const SAVE_EVERY_MAX = 3600;
const SAVE_EVERY_MS = 10_000;

/** A recording that is or was replayed in a folder: its hash, the positions that are its, and where it stands. */
type Kept = { sha256: string; name: string; count: number; base: number; place: number; speed: number } & Anchor;

/** A recording at work: its clock is the clock of the house. */
export type Replay = {
  /** UTC ms of the recording, never going back */
  clock: () => number;
  source: Source;
  every: Every;
  /** frames from one saved state to the next */
  saveEvery: number;
  /** of the recording, by the clock: 0 to 1 */
  share(): number;
};

export type Telling = { info(words: string, more?: object): void };

/**
 * Opens the recording that is to be replayed in a house, and goes on with it where it would be by now: its clock runs on
 * while nobody replays it, and what was received meanwhile is in the store when this resolves. Throws a sentence.
 */
export async function openReplay(
  { file, speed }: ReplaySettings,
  house: House,
  graceMs: number,
  log: Telling,
): Promise<Replay> {
  const folder = join(house.folder!, 'replay');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { kept, recording, keep } = await reserved(file, folder, house, log);
  const { first, last } = recording.span!;
  const end = Math.ceil(last / SECOND_MS) * SECOND_MS + graceMs;
  const gone = kept.speed === Infinity ? 0 : (Date.now() - kept.wall) * kept.speed;
  const from = Math.min(end, Math.max(kept.time + gone, house.record.last, first - 1));
  await catchUp(recording, house, kept, from);
  const clock = replayClock(from, speed);
  const share = () => Math.min(1, Math.max(0, (clock.now() - first) / (end - first)));
  const course: Course = { place: kept.place, base: kept.base, until: Infinity, end };
  const tell = progressOf(share, () => formatInstant(clock.now()), log);
  let written = Number.NEGATIVE_INFINITY;
  course.moved = () => {
    tell();
    if (performance.now() - written < KEPT_EVERY_MS && clock.now() < end) return;
    keep({ ...kept, ...clock.anchor(), place: course.place, speed });
    written = performance.now();
  };
  course.moved();
  const saveEvery = Math.max(10, Math.min(SAVE_EVERY_MAX, Math.round((speed * SAVE_EVERY_MS) / SECOND_MS)));
  return { clock: clock.now, source: replaySource(recording, clock, course), every: clock.every, saveEvery, share };
}

/** What was received while nobody replayed is stored at once: then frames go on from here. */
async function catchUp(recording: Recording, { store }: House, kept: Kept, until: number): Promise<void> {
  const course: Course = { place: kept.place, base: kept.base, until: until + 1, end: until };
  const source = replaySource(recording, replayClock(until, Infinity), course);
  await flow(source, store, new AbortController().signal);
  kept.place = course.place;
}

/** The recording as this folder knows it: if it does not yet, it is sorted, and positions are set aside for it. */
async function reserved(file: string, folder: string, house: House, log: Telling) {
  const sha256 = await hashOf(file);
  const sorted = join(folder, `${sha256.slice(0, 12)}.parquet`);
  const book = join(folder, 'replays.json');
  const all: Kept[] = existsSync(book) ? readKept(book) : [];
  const isGoing = all.at(-1)?.sha256 === sha256 && existsSync(sorted);
  if (!isGoing) {
    log.info('sorts the recording by when it was received', { file: basename(file) });
    await sort(file, sorted, house);
  }
  const recording = await openRecording(sorted);
  const kept = isGoing ? all.at(-1)! : { sha256, name: basename(file), ...begin(file, recording, house, all.at(-1)) };
  const before = isGoing ? all.slice(0, -1) : all;
  const keep = (now: Kept) => writeKept(book, [...before, now]);
  keep(kept);
  return { kept, recording, keep };
}

/** Its clock stands before its first moment. Refuses what this folder cannot replay: it has shown later seconds already. */
function begin(file: string, { span, count }: Recording, { record }: House, last: Kept | undefined) {
  if (!span) throw new Misconfigured(`REPLAY: expected observations in ${file}, found none that pass`);
  if (span.first <= record.last)
    throw new Misconfigured(
      `REPLAY: expected what was received after ${formatInstant(record.last)}, which this DATA_DIR has shown, found ${formatInstant(span.first)}; give it a DATA_DIR of its own`,
    );
  const base = last ? last.base + last.count : REPLAYED_FROM;
  return { count, base, place: 0, wall: Date.now(), time: span.first - 1, speed: 0 };
}

/** A speed that is no number in JSON. */
const readKept = (book: string): Kept[] =>
  (JSON.parse(readFileSync(book, 'utf8')) as Kept[]).map((kept) => ({ ...kept, speed: kept.speed ?? Infinity }));
const writeKept = (book: string, all: Kept[]): void => writeWhole(book, `${JSON.stringify(all, null, 1)}\n`);

/** Parquet files begin so. */
const MAGIC = 'PAR1';

async function sort(file: string, sorted: string, house: House): Promise<void> {
  try {
    await house.sift.look();
    if ((await headOf(file)) === MAGIC) await recordCopy(file, sorted, house.sift.isForgotten);
    else await recordRows(rowsOf(file, house), sorted);
  } catch (error) {
    rmSync(sorted, { force: true });
    if (error instanceof NoCopy || error instanceof Unreadable)
      throw new Misconfigured(`REPLAY: ${error.message} in ${file}`);
    throw error;
  }
}

/** What passes of a file, with its place in it; what does not is kept as of any recording. */
async function* rowsOf(file: string, { context, store, sift }: House): AsyncGenerator<Stored[]> {
  const bytes = createReadStream(file, { highWaterMark: 2 ** 20 });
  const source = sifted(
    fileSource(bytes, context(basename(file), 'recorded'), () => {}),
    sift,
  );
  const batches = source(new AbortController().signal);
  let position = 0;
  const nothing = { position: 0, stored: 0, duplicates: new Uint32Array() };
  try {
    for (let step = await batches.next(); !step.done; step = await batches.next(nothing)) {
      const { observations, rejects } = step.value;
      if (rejects.length > 0) await store.append({ observations: [], rejects, past: true });
      yield observations.map((observation) => ({ ...observation, position: position++ }));
    }
  } finally {
    await batches.return();
  }
}

async function headOf(file: string): Promise<string> {
  for await (const chunk of createReadStream(file, { end: MAGIC.length - 1 })) return (chunk as Buffer).toString();
  return '';
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw new Misconfigured(`REPLAY: expected a recording at ${file}, found ${(error as Error).message}`);
  }
  return hash.digest('hex');
}

/** Says each tenth, and the end. */
function progressOf(share: () => number, at: () => string, log: Telling): () => void {
  let said = Math.floor(share() * 10);
  return () => {
    const tenths = Math.floor(share() * 10);
    if (tenths === said) return;
    said = tenths;
    const words = tenths === 10 ? 'the replay is over: the last moment stays' : 'replays';
    log.info(words, { share: tenths / 10, at: at() });
  };
}

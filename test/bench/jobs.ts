import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { openCopy, sightingsPlaced } from '../../services/answer/placed.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import { createLocator } from '../../services/locate/locate.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import type { Observation, Sighting } from '../../services/model/observation.ts';
import { type Workshop, workshop } from '../jobs/bench.ts';
import { at, conference } from '../simulate/event.ts';
import { batches, venueOf } from '../simulate/truth-play.ts';
import { ms, tell } from './figure.ts';
import { benchStutter } from './stutter.ts';

const RUNS = 5;
/** Bounds of the issue: the job against the bare loop, an answer against hand-written SQL. */
const LOCATE_MAX = 1.3;
const SQL_MAX = 2;

/** A day of the conference, Tuesday, with the evening before it. */
const TOLD = { from: at(1, '18:00'), until: at(3, '00:00') };

/** The same answer by hand. */
const BY_HAND = readFileSync(new URL('sql/frames_by_hand.sql', import.meta.url), 'utf8');

/** So many times as many badges; 100 (124 M in all of the event) by JOBS_SCALE=100 alone. */
const SCALES = [1, 10, ...(process.env.JOBS_SCALE === '100' ? [100] : [])];

/** Prints ratios of CPU time, each measured in turns in this run, the best of three; how it grows; whether the picture stutters. */
export async function benchJobs(): Promise<void> {
  const { one, day } = await busyDay();
  try {
    await againstLocate(one, day);
    await frames.run(day, one.bench);
    await againstHand(one, day);
    for (const scale of SCALES) await grown(one, day, scale);
  } finally {
    await one.end();
  }
  await benchStutter();
}

/** A workshop that has a day of the conference, as 300 badges tell it once a minute, and the evening before it. */
export async function busyDay(): Promise<{ one: Workshop; day: Day }> {
  const told: Observation[] = [];
  const world = conference({ everySeconds: 60, isSparse: false, from: TOLD.from });
  for await (const some of batches(world, TOLD.until)) for (const one of some) told.push(one);
  return { one: await workshop(venueOf(), told), day: daysIn(TOLD, 'UTC')[1]! };
}

async function againstLocate({ bench }: Workshop, day: Day): Promise<void> {
  const [job, bare, read]: number[][] = [[], [], []];
  const inMemory = async () => {
    let sightings: Sighting[] = [];
    read!.push(
      await spent(async () => {
        sightings = await sightingsOf(bench);
      }),
    );
    bare!.push(await spent(() => locate(sightings)));
  };
  // The rows are gone when the job begins: to keep them costs whoever collects garbage beside them.
  for (let run = 0; run < RUNS; run++) {
    await inMemory();
    job!.push(await spent(() => presences.run(day, bench)));
  }
  const [least, reading] = [Math.min(...bare!), Math.min(...read!)];
  print('presences, job ÷ bare locate over rows in memory', Math.min(...job!), least, LOCATE_MAX);
  print('presences, job ÷ copy, read and bare locate', Math.min(...job!), least + reading, LOCATE_MAX);
}

async function againstHand({ bench }: Workshop, day: Day): Promise<void> {
  const from = {
    record: bench.record as never,
    house: bench.house,
    venue: () => bench.venue,
    tables: () => Promise.reject(new Error('expected no question to the store')),
  };
  const { connection } = await bench.database();
  const fileFor = (dataset: 'presences' | 'frames') =>
    fileOf(bench.house, dataset, readParts(bench.house, dataset).at(-1)!);
  const span = { from: BigInt(day.from), until: BigInt(day.until) };
  const values = { ...span, presences: fileFor('presences'), frames: fileFor('frames') };
  const [asked, hand]: number[][] = [[], []];
  for (let run = 0; run < 3 * RUNS; run++) {
    asked!.push(await spent(() => framesOf({ dataset: 'frames', span: day, step: '1h' }, from)));
    hand!.push(await spent(() => connection.runAndReadAll(BY_HAND, values)));
  }
  print('frames by hour, all measures ÷ SQL by hand', Math.min(...asked!), Math.min(...hand!), SQL_MAX);
}

/** The job over a copy in which each badge is so many. */
async function grown({ bench }: Workshop, day: Day, scale: number): Promise<void> {
  let rows = 0;
  const copy: typeof bench.copy = async (...asked) => {
    const file = await bench.copy(...asked);
    const many = `${file}.many`;
    const { connection } = await bench.database();
    const values = { file, many, scale: BigInt(scale) };
    await connection.run(MANY, values);
    const found = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM read_parquet($many)', { many });
    rows = found.getRows()[0]![0] as number;
    return many;
  };
  const took = await spent(() => presences.run(day, { ...bench, copy }));
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  const run = `${(rows / 1e6).toFixed(2)} M rows, ${(took / 1000).toFixed(1)} s of CPU, ${memory} MiB at most so far`;
  tell({ measure: `presences, ${scale} × the badges, µs of CPU a row`, run, found: (1000 * took) / rows });
}

const MANY = [
  "COPY (SELECT * REPLACE (CASE WHEN badge IS NULL THEN NULL ELSE badge || '.' || n END AS badge)",
  'FROM read_parquet($file), range($scale::BIGINT) t(n) ORDER BY position, n) TO $many (FORMAT parquet)',
].join(' ');

/** The rows that the job reads, in memory. */
async function sightingsOf(bench: Workshop['bench']): Promise<Sighting[]> {
  const { connection } = await bench.database();
  await openCopy(connection, await bench.copy(TOLD, 'levels'));
  const all: Sighting[] = [];
  for await (const some of sightingsPlaced(connection)) for (const sighting of some) all.push(sighting);
  return all;
}

async function locate(sightings: Sighting[]): Promise<void> {
  const locator = createLocator(venueOf());
  let second = Math.ceil(sightings[0]!.received / 1000) * 1000;
  for (const sighting of sightings) {
    for (; second < sighting.received; second += 1000) locator.tick(second);
    locator.take(sighting);
  }
  locator.tick(second);
}

/** CPU time of this process with all its threads, ms: others who share the machine do not count. */
async function spent(task: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function print(name: string, ours: number, theirs: number, most: number): void {
  tell({ measure: name, run: `${ms(ours)} of CPU`, beside: ms(theirs), found: ours / theirs, goal: `≤ ${most}` });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchJobs();

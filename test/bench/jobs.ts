import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { openCopy, sightingsPlaced } from '../../services/answer/placed.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import { createLocator } from '../../services/locate/locate.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Observation, Sighting } from '../../services/model/observation.ts';
import { workshop } from '../jobs/bench.ts';
import { at } from '../simulate/event.ts';
import { play, venueOf } from '../simulate/truth-play.ts';

const RUNS = 3;
/** Bounds of the issue: the job against the bare loop, an answer against hand-written SQL. */
const LOCATE_MAX = 1.3;
const SQL_MAX = 2;

/** A day of the conference, Tuesday, with the evening before it. */
const TOLD = { from: at(1, '18:00'), until: at(3, '00:00') };

/** The same answer by hand: badge-minutes and visitors of each room by hour, and claps. */
const BY_HAND = [
  'WITH hour AS (SELECT unnest(range($from::BIGINT, $until::BIGINT, 3600000)) AS start),',
  'cut AS (SELECT room, start, badge, least(epoch_ms(until), start + 3600000) - greatest(epoch_ms("from"), start) AS ms',
  'FROM read_parquet($presences) JOIN hour ON epoch_ms("from") < start + 3600000 AND epoch_ms(until) > start WHERE NOT parked),',
  'total AS (SELECT room, start, sum(ms) AS ms, count(DISTINCT badge) AS visitors FROM cut GROUP BY ALL),',
  'said AS (SELECT room, epoch_ms(minute) // 3600000 * 3600000 AS start, sum(claps) AS claps, max(peak) AS peak,',
  'sum(temperature) AS warm, sum(felt) AS felt, sum(frames) AS frames, sum(good + thin) AS covered',
  'FROM read_parquet($frames) GROUP BY ALL)',
  'SELECT * FROM said LEFT JOIN total USING (room, start) ORDER BY start, room',
].join(' ');

/** Prints both ratios, each measured in turns in this run, the best of three. */
export async function benchJobs(): Promise<void> {
  const told: Observation[] = [];
  await play(
    { everySeconds: 60, isSparse: false },
    TOLD,
    () => {},
    (one) => told.push(one) > 0,
  );
  const one = await workshop(venueOf(), told);
  try {
    const [, day] = daysIn(TOLD, 'UTC');
    const [job, bare]: number[][] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      const sightings = await sightingsOf(one.bench);
      bare!.push(await timed(() => locate(sightings)));
      job!.push(await timed(() => presences.run(day!, one.bench)));
    }
    print('presences, job ÷ bare locate', Math.min(...job!), Math.min(...bare!), LOCATE_MAX);
    await frames.run(day!, one.bench);
    const from = {
      record: one.bench.record as never,
      house: one.bench.house,
      venue: () => one.bench.venue,
      tables: () => Promise.reject(new Error('expected no question to the store')),
    };
    const [asked, hand]: number[][] = [[], []];
    const { connection } = await one.bench.database();
    const fileFor = (dataset: 'presences' | 'frames') =>
      fileOf(one.bench.house, dataset, readParts(one.bench.house, dataset).at(-1)!);
    const values = {
      from: BigInt(day!.from),
      until: BigInt(day!.until),
      presences: fileFor('presences'),
      frames: fileFor('frames'),
    };
    for (let run = 0; run < RUNS; run++) {
      asked!.push(await timed(() => framesOf({ dataset: 'frames', span: day!, step: '1h' }, from)));
      hand!.push(await timed(() => connection.runAndReadAll(BY_HAND, values)));
    }
    print('frames by hour, all measures ÷ SQL by hand (fewer)', Math.min(...asked!), Math.min(...hand!), SQL_MAX);
  } finally {
    await one.end();
  }
}

/** The rows that the job reads, in memory. */
async function sightingsOf(bench: Awaited<ReturnType<typeof workshop>>['bench']): Promise<Sighting[]> {
  const { connection } = await bench.database();
  await openCopy(connection, await bench.copy(TOLD));
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

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await task();
  return performance.now() - began;
}

function print(name: string, ours: number, theirs: number, most: number): void {
  const ratio = ours / theirs;
  const figures = `${Math.round(ours)} ms ÷ ${Math.round(theirs)} ms = ${ratio.toFixed(2)}`;
  console.log(`${name.padEnd(52)} ${figures} (≤ ${most}: ${ratio <= most ? 'reached' : 'missed'})`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchJobs();

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import { best, ms, tell } from './figure.ts';
import { busyDay } from './jobs.ts';

const CACHE = join(homedir(), '.cache', 'hallway-spark');
const PYTHON = join(CACHE, 'venv', 'bin', 'python');
const HERE = (name: string) => fileURLToPath(new URL(`spark/${name}`, import.meta.url));

/** All aggregates of a day's rooms, by each of these steps; and so many times. */
const STEPS: [ours: string, ms: number][] = [
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['day', 86_400_000],
];
const PASSES = 6;
/** Processes that begin, each for a first answer. */
const STARTS = 2;

/** What a process answered first, ms from its start, and its shortest pass, ms. */
type Took = { cold: number; warm: number; sums: string };

/** Our answers beside Spark's (`local[2]`, PyPI): the same aggregates from the same files, each in a process of its own. */
export async function benchSpark(): Promise<void> {
  const problem = install();
  if (problem) return tell({ measure: 'all aggregates of a day, ours beside Spark', run: problem });
  const { one, day } = await busyDay();
  try {
    for (const job of [presences, frames]) await job.run(day, one.bench);
    const { house, venue } = one.bench;
    const venueFile = join(house, 'venue.json');
    writeFileSync(venueFile, JSON.stringify(venue.file));
    const fileFor = (dataset: 'presences' | 'frames') => fileOf(house, dataset, readParts(house, dataset).at(-1)!);
    const [names, lengths] = [STEPS.map(([name]) => name).join(), STEPS.map(([, length]) => length).join()];
    const bounds = [String(day.from), String(day.until)];
    const ours = () => run(process.execPath, [HERE('ours.mjs'), house, venueFile, ...bounds, names, String(PASSES)]);
    const asked = [fileFor('presences'), fileFor('frames'), HERE('frames.sql'), bounds[0]!, lengths, String(PASSES)];
    const theirs = () => run(PYTHON, [HERE('frames.py'), ...asked]);
    await beside(ours, theirs);
  } finally {
    await one.end();
  }
}

async function beside(ours: () => Promise<Took>, theirs: () => Promise<Took>): Promise<void> {
  const [mine, other]: Took[][] = [[], []];
  await best(async () => {
    mine!.push(await ours());
    other!.push(await theirs());
  }, STARTS);
  const sums = new Set([...mine!, ...other!].map((took) => took.sums));
  if (sums.size > 1) throw new Error(`expected equal answers, found ${[...sums].join(' and ')}`);
  for (const [measure, goal] of [
    ['warm', '≥ 4'],
    ['cold', '≥ 10'],
  ] as const) {
    const [a, b] = [mine, other].map((list) => Math.min(...list!.map((took) => took[measure])));
    const run = `${STEPS.map(([name]) => name).join(', ')}: ${ms(a!)}`;
    tell({ measure: `all aggregates of a day, Spark ÷ ours, ${measure}`, run, beside: ms(b!), found: b! / a!, goal });
  }
}

async function run(command: string, words: string[]): Promise<Took> {
  const began = performance.now();
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const took: Took = { cold: 0, warm: Number.POSITIVE_INFINITY, sums: '' };
  for await (const line of createInterface({ input: child.stdout })) {
    const pass = JSON.parse(line) as { ms: number; sums: number[][] };
    took.cold ||= performance.now() - began;
    took.warm = Math.min(took.warm, pass.ms);
    took.sums = JSON.stringify(pass.sums);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`expected ${command} to end with 0, found ${code}`);
  return took;
}

/** Why there is no Spark, in a sentence; null: there is. SPARK=install fetches it with pip into a folder of its own (450 MB). */
function install(): string | null {
  if (spawnSync('java', ['-version']).status !== 0) return 'not measured: Spark needs Java';
  const isThere = () => existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import pyspark']).status === 0;
  if (isThere()) return null;
  if (process.env.SPARK !== 'install')
    return `not measured: no pyspark in ${CACHE}; SPARK=install puts it there (450 MB)`;
  const quiet = { stdio: 'ignore' } as const;
  spawnSync('python3', ['-m', 'venv', join(CACHE, 'venv')], quiet);
  spawnSync(PYTHON, ['-m', 'pip', 'install', '--quiet', 'pyspark'], quiet);
  return isThere() ? null : `not measured: pip could not put pyspark into ${CACHE}`;
}

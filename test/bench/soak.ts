import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, ROOT, remove, type Service, startService } from '../service.ts';

const HOUR_MS = 3_600_000;
/** How many hours of the conference are told, and how many seconds of it in one of ours. */
const HOURS = Number(process.env.SOAK_HOURS ?? 24);
const SPEED = Number(process.env.SOAK_SPEED ?? 480);
const SCREENS = 4;
const SAMPLE_MS = 500;
/** What the memory may grow by in an hour of the event, MB. */
const GOAL = 1;
const START = Date.UTC(2026, 10, 3);
const MIB = 2 ** 20;

/** What people ask while it goes on: each in its turn. */
const QUESTIONS = [
  '/v1/heatmap',
  '/v1/gateways',
  '/v1/frames?step=1h',
  '/v1/presences?limit=50',
  '/v1/observations?limit=50',
  '/metrics',
];

/** A day of the conference, told in minutes to a service with screens and people who ask: how its memory grows, by the hour of the event. */
export async function benchSoak(): Promise<void> {
  const folder = newFolder();
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const recording = join(folder, 'day.ndjson');
  await simulate(recording, join(dataDir, 'venue.json'));
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,replay', REPLAY: recording, SPEED: String(SPEED), LOG_LEVEL: 'warn' };
  const service = await startService(env, '', 300_000);
  const stopping = new AbortController();
  const screens = Array.from({ length: SCREENS }, () => watch(service, stopping.signal));
  try {
    show(await samplesOf(service));
  } finally {
    stopping.abort();
    await Promise.all(screens);
    await service.stop();
    remove(folder);
  }
}

async function simulate(file: string, venue: string): Promise<void> {
  const until = START + HOURS * HOUR_MS;
  const words = ['simulate', '--quiet', `--start=${START}`, `--from=${START}`, `--until=${until}`, `--venue=${venue}`];
  const child = spawn(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await pipeline(child.stdout, createWriteStream(file));
}

/** A screen: reads frames until it is told to stop. */
async function watch({ address }: Service, signal: AbortSignal): Promise<void> {
  const reply = await fetch(`${address}/v1/live`, { signal });
  try {
    for await (const _ of reply.body!);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** `hours` of the event that were told, and the resident memory, MiB. */
type Sample = { hours: number; rss: number };

async function samplesOf({ address }: Service): Promise<Sample[]> {
  const samples: Sample[] = [];
  let asked = 0;
  for (;;) {
    const text = await (await fetch(`${address}/metrics`)).text();
    const numberOf = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
    const hours = (numberOf('hallway_frame_time_seconds') * 1000 - START) / HOUR_MS;
    samples.push({ hours, rss: numberOf('process_resident_memory_bytes') / MIB });
    if (numberOf('hallway_replay_share') >= 1) return samples;
    await (await fetch(address + QUESTIONS[asked++ % QUESTIONS.length])).text();
    await sleep(SAMPLE_MS);
  }
}

/** The slope by least squares over the second half: what a service takes to begin with is not what it loses. */
function show(samples: Sample[]): void {
  const told = samples.filter(({ hours }) => hours > 0);
  const half = told.slice(Math.floor(told.length / 2));
  const mean = (of: (one: Sample) => number) => half.reduce((sum, one) => sum + of(one), 0) / half.length;
  const [x, y] = [mean(({ hours }) => hours), mean(({ rss }) => rss)];
  const [over, under] = [mean(({ hours, rss }) => (hours - x) * (rss - y)), mean(({ hours }) => (hours - x) ** 2)];
  const slope = over / under;
  const [first, last] = [told[0]!, told.at(-1)!];
  const rows = [
    [
      'told',
      `${last.hours.toFixed(1)} h of the event, ${SPEED} × as fast, ${SCREENS} screens, ${samples.length} questions`,
    ],
    [
      'rss at the beginning, in the middle, at the end',
      `${[first, half[0]!, last].map(({ rss }) => rss.toFixed(0)).join(', ')} MiB`,
    ],
    [
      'rss slope over the second half',
      `${slope.toFixed(2)} MB/h of the event (≤ ${GOAL}: ${slope <= GOAL ? 'reached' : 'missed'})`,
    ],
  ];
  for (const [name, said] of rows) console.log(`${name!.padEnd(52)} ${said}`);
}

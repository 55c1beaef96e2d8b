import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, ROOT, remove, type Service, startService } from '../service.ts';
import { tell } from './figure.ts';
import { isMean, levelOf, type Memory, memoryIn, metricsOf, type Share } from './memory.ts';

const HOUR_MS = 3_600_000;
/** How many hours of the conference are told, and how many seconds of it in one of ours. */
const HOURS = Number(process.env.SOAK_HOURS ?? 48);
const SPEED = Number(process.env.SOAK_SPEED ?? 480);
/** The last hours are held against the same ones of the day before: a night is quiet, and a day is not. */
const COMPARED = 12;
const DAY = 24;
const SCREENS = 4;
const SAMPLE_MS = 500;
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

/** Days of the conference, told in minutes to a service with screens and people who ask: how its memory grows from one to the next. */
export async function benchSoak(): Promise<void> {
  if (!(HOURS >= 2 * DAY)) throw new RangeError(`SOAK_HOURS: expected ${2 * DAY} at least, found ${HOURS}`);
  const folder = newFolder();
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const recording = join(folder, 'days.ndjson');
  await simulate(recording, join(dataDir, 'venue.json'));
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,replay', REPLAY: recording, SPEED: String(SPEED), LOG_LEVEL: 'warn' };
  const service = await startService(env, '', 300_000);
  const stopping = new AbortController();
  const screens = Array.from({ length: SCREENS }, () => watch(service, stopping.signal));
  try {
    say(await samplesOf(service));
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

/** `hours` of the event that were told. */
type Sample = { hours: number } & Memory;

async function samplesOf(service: Service): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let asked = 0; ; asked++) {
    const sum = await metricsOf(service);
    samples.push({ hours: (sum('hallway_frame_time_seconds') * 1000 - START) / HOUR_MS, ...memoryIn(sum) });
    if (sum('hallway_replay_share') >= 1) return samples;
    await (await fetch(service.address + QUESTIONS[asked % QUESTIONS.length])).text();
    await sleep(SAMPLE_MS);
  }
}

const WORDS: Record<Share, string> = {
  rss: 'resident memory, growth an hour of the event',
  heap: 'of it objects that are in use',
  database: 'of it the embedded database: rows that wait for its file',
  buffers: 'of it buffers outside of the heap',
};

/** The last hours beside the same hours of the day before. */
function say(samples: Sample[]): void {
  const end = samples.at(-1)!.hours;
  const within = (until: number) => samples.filter(({ hours }) => hours > until - COMPARED && hours <= until);
  const [before, last] = [within(end - DAY), within(end)];
  console.log(`${end.toFixed(1)} h told, ${SPEED} × as fast, ${SCREENS} screens, ${samples.length} questions`);
  for (const share of Object.keys(WORDS) as Share[]) {
    const [then, now] = [levelOf(before, share), levelOf(last, share)];
    tell({
      measure: `${WORDS[share]}, MB/h`,
      run: `${now.toFixed(0)} MiB (${isMean(share) ? 'mean' : 'least'} of ${COMPARED} h)`,
      beside: `${then.toFixed(0)} MiB a day before`,
      found: ((now - then) * MIB) / 1e6 / DAY,
      ...(share === 'rss' && { goal: '≤ 1' as const }),
    });
  }
}

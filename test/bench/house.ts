import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, ROOT, remove, type Service, startService } from '../service.ts';
import { demoIs } from './demo.ts';
import { median, tell } from './figure.ts';
import { memoryIn, metricsOf } from './memory.ts';

const RUNS = 3;
const REST_MS = 5000;

/** How big it is, how soon it is there, what it takes at rest, and how long the demo's past is laid. */
export async function benchHouse(): Promise<void> {
  tell({ measure: 'size of an install for production, MiB', run: sizes() });
  const starts: number[] = [];
  for (let run = 0; run < RUNS; run++) starts.push(await started());
  tell({ measure: 'from start to an open port, empty folder', run: `${Math.round(median(starts))} ms` });
  const dataDir = newFolder();
  try {
    const resting = await startService({ DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'warn' });
    await sleep(REST_MS);
    tell({ measure: 'memory at rest', run: `${await rssOf(resting)} MiB` });
    await resting.stop();
  } finally {
    remove(dataDir);
  }
  await demo();
}

async function started(): Promise<number> {
  const dataDir = newFolder();
  const began = performance.now();
  const service = await startService({ DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'warn' });
  const took = performance.now() - began;
  await service.stop();
  remove(dataDir);
  return took;
}

/** The simulated event's past is laid behind the moving picture; then last year's and ordinary weeks are told. */
async function demo(): Promise<void> {
  const dataDir = newFolder();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const service = await startService({ DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' });
  try {
    await demoIs(service, ({ state }) => state !== 'laying');
    tell({
      measure: 'from start until the past of the demo is laid, s',
      run: '1.45 M observations',
      found: seconds(),
      goal: '≤ 20',
    });
    await demoIs(service, ({ hasHistory }) => hasHistory);
    await sleep(REST_MS);
    const run = `${await rssOf(service)} MiB, ${Math.round(seconds())} s after the start`;
    tell({ measure: 'memory when the whole demo is told', run });
  } finally {
    await service.stop();
    remove(dataDir);
  }
}

const rssOf = async (service: Service): Promise<number> => Math.round(memoryIn(await metricsOf(service)).rss);

/** Of what is built, and of the packages that are not for development alone. */
function sizes(): string {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const shipped = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path]) => path);
  const own = shipped.filter((path) => !shipped.some((other) => path.startsWith(`${other}/`)));
  return `${sizeOf(['dist'])} built, ${sizeOf(own)} of ${shipped.length} packages`;
}

/** MiB on the disk of those that are there: packages of other machines are not. */
function sizeOf(paths: string[]): number {
  const said = execFileSync('sh', ['-c', `du -sck ${paths.join(' ')} 2>/dev/null | tail -1`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return Math.round(Number(said.split('\t')[0]) / 1024);
}

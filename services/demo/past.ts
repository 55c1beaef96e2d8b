import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { environmentOf, fileOf } from '../child.ts';
import type { House } from '../house/house.ts';
import type { Took } from '../model/batch.ts';
import type { Config } from '../settings/config.ts';
import { layout } from '../simulate/calendar.ts';
import { simulateSource } from '../source/simulate.ts';
import { load } from '../work/load.ts';
import { flow } from '../work/river.ts';
import { type Demo, worldOf } from './demo.ts';
import type { Said } from './lay.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So close to now the picture goes on. */
const CLOSE_MS = 3000;

/**
 * Has the past of a demo laid by a child. Resolves to the instant (UTC ms) up to
 * which it is laid. Throws what the child said, or when `signal` aborts.
 */
export async function layPast(config: Config, signal: AbortSignal, tell: (share: number) => void): Promise<number> {
  signal.throwIfAborted();
  const child = fork(fileOf('demo/lay'), { env: environmentOf(config), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  let said: Said | undefined;
  child.on('message', (message: Said) => {
    said = message;
    if ('share' in message) tell(message.share);
  });
  try {
    await once(child, 'exit');
  } finally {
    signal.removeEventListener('abort', kill);
  }
  signal.throwIfAborted();
  if (said && 'laid' in said) return said.laid;
  throw new Error(said && 'failed' in said ? said.failed : 'the process that lays the past ended too early');
}

/**
 * Tells the house of a new demo its morning, so that with the first picture it is known what is usual: which room has gone deaf, and who
 * was in it. Returns up to which instant all is told, UTC ms.
 */
export async function tellMorning(demo: Demo, { context, store }: House, clock: () => number): Promise<number> {
  const world = worldOf(demo, Math.floor(clock() / HOUR_MS) * HOUR_MS - HOUR_MS);
  // A slow machine takes so long that there is more to tell.
  for (let until = clock(); until - world.now > CLOSE_MS; until = clock()) {
    const pace = { speed: Number.POSITIVE_INFINITY, until };
    await flow(simulateSource(world, context('simulate', 'recorded'), pace), store, new AbortController().signal);
  }
  return world.now;
}

/** Of so many that wear a badge at the event one is there in an ordinary week. */
const ORDINARY = 7.5;

/** What was before the event: first the ordinary weeks, of which baselines are made, then last year's, with as many people. */
const historyOf = ({ people, laid, zone }: Demo): string[][] => {
  const { lastYear, weeks } = layout(laid);
  const year = ['--story=conference', '--seed=3', `--people=${people}`, `--start=${lastYear}`, `--zone=${zone}`];
  return [
    [
      '--story=weeks',
      '--seed=2',
      `--people=${Math.ceil(people / ORDINARY)}`,
      `--start=${weeks.from}`,
      `--zone=${zone}`,
      `--until=${weeks.until}`,
    ],
    [...year, `--until=${lastYear + 3 * DAY_MS}`],
  ];
};

/** Tells it into the store, as a file is loaded, one after the other, by a child that gives way. */
export async function tellHistory(
  demo: Demo,
  { context, store }: House,
  signal: AbortSignal,
  took: Took,
): Promise<void> {
  for (const words of historyOf(demo)) {
    const child = spawn(
      process.execPath,
      [...process.execArgv, fileOf('cli/hallway'), 'simulate', '--quiet', ...words],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    giveWay(child);
    for await (const { error } of load(child.stdout, context('simulate', 'recorded'), store, signal, took))
      if (error) throw new Error(error);
    child.kill();
  }
}

function giveWay({ pid }: ChildProcess): void {
  if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
}

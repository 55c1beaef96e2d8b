import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf, fileOf } from '../child.ts';
import { dropCopies } from '../house/copies.ts';
import type { Config } from '../settings/config.ts';
import type { Log } from './log.ts';

/** Pauses between two starts, ms; one that has lived for long begins with the first again. */
const PAUSE_FIRST_MS = 1000;
const PAUSE_MAX_MS = 60_000;
const LONG_MS = 60_000;
/** How long a run may take to stop, ms; what a kill breaks off is done again. */
const STOP_MS = 3000;

/** The process of a service that runs its jobs, kept alive. It may be stopped and started again. */
export type JobsChild = { start(): void; stop(): Promise<void> };

export function jobsChild(config: Config, log: Log): JobsChild {
  let running: { stopping: AbortController; ended: Promise<void> } | null = null;
  return {
    start() {
      if (running || !config.jobs) return;
      const stopping = new AbortController();
      running = { stopping, ended: keepAlive(config, log, stopping.signal) };
    },
    async stop() {
      running?.stopping.abort();
      await running?.ended;
      running = null;
    },
  };
}

async function keepAlive(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  let pauseMs = PAUSE_FIRST_MS;
  while (!signal.aborted) {
    const began = performance.now();
    // Whoever made copies before is gone.
    dropCopies(join(config.dataDir, 'main'));
    const child = fork(fileOf('../jobs/main'), {
      env: environmentOf(config),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const code = await ended(child, signal);
    if (signal.aborted) return;
    if (performance.now() - began > LONG_MS) pauseMs = PAUSE_FIRST_MS;
    log.error(undefined, 'the process that runs the jobs ended; it is started again', { code, pauseMs });
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(PAUSE_MAX_MS, 2 * pauseMs);
  }
}

/** Waits for its end; asks for it when `signal` aborts, and soon no more. */
async function ended(child: ChildProcess, signal: AbortSignal): Promise<number | null> {
  let last: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    last = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } finally {
    clearTimeout(last);
    signal.removeEventListener('abort', stop);
  }
}

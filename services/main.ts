import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { readyConfig } from './cli/check/start.ts';
import { startAll } from './roles/all.ts';
import { startBridge } from './roles/bridge.ts';
import { startIngest } from './roles/ingest.ts';
import { startJobs } from './roles/jobs.ts';
import { startLive } from './roles/live.ts';
import type { Running } from './roles/running.ts';
import { startServe } from './roles/serve.ts';
import { sentenceOf } from './sentence.ts';
import { listensAt, whoMayAsk } from './settings/access.ts';
import type { Config, Role } from './settings/config.ts';
import { linkOf } from './settings/link.ts';

export type { Running };

/** How long a stop may take: the slowest commit and the slowest reader. */
const STOP_MS = 10_000;

const ROLES: Record<Role, (config: Config) => Promise<Running>> = {
  all: startAll,
  ingest: startIngest,
  live: startLive,
  serve: startServe,
  jobs: startJobs,
  bridge: startBridge,
};

/** Starts the role that is asked for. Resolves when it listens. */
export const start = (config: Config): Promise<Running> => ROLES[config.role](config);

/** Runs until it is told to stop; what cannot be started, or cannot go on, says why in a sentence. */
async function main(): Promise<void> {
  try {
    const config = await readyConfig(process.env);
    const running = await start(config);
    const where = listensAt(running.address, config.host);
    process.stderr.write(`Hallway listens at ${where} (${whoMayAsk(running.isClosed, config.signIn?.issuer)})\n`);
    // For a person who looks, never for a log that is kept.
    if (config.token && process.stderr.isTTY) process.stderr.write(`Open ${linkOf(running.address, config.token)}\n`);
    if (running.mqtt) process.stderr.write(`Gateways may speak MQTT at ${running.mqtt}\n`);
    const { close } = closeWithGrace({ delay: STOP_MS }, async ({ err }) => {
      if (err) process.stderr.write(`${err.stack}\n`);
      await running.stop();
    });
    running.failed.catch((error) => {
      complain(error);
      // close-with-grace ends the process with 0
      process.once('exit', (code) => (process.exitCode = code || codeOf(error)));
      close();
    });
  } catch (error) {
    complain(error);
    // Whatever a half-started role holds open.
    process.exit(codeOf(error));
  }
}

const complain = (error: unknown): boolean => process.stderr.write(`${sentenceOf(error) ?? (error as Error).stack}\n`);
const codeOf = (error: unknown): number => (sentenceOf(error) ? 2 : 1);

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();

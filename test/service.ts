import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KIND = extname(import.meta.url);
const HERE = fileURLToPath(new URL('..', import.meta.url));
/** The repository, also for tests that `run.mjs` has compiled, which lie in a folder of it. */
export const ROOT = KIND === '.ts' ? HERE : join(HERE, '../');
/** A module of the house or its tests as these run: `services/store/database`. */
export const moduleOf = (name: string): string => join(HERE, name + KIND);
/** What node needs to run such modules, */
export const LOADING = KIND === '.ts' ? ['--import', 'tsx'] : [];
/** and to run a program of the tests: `test/jobs/child`. */
export const program = (name: string): string[] => [...LOADING, moduleOf(name)];
const MAIN = join(ROOT, 'dist/services/main.js');
const START_MS = 60_000;

/** A running Hallway in a process of its own, as a person starts it. */
export type Service = {
  address: string;
  port: number;
  dataDir: string;
  /** what it wrote so far */
  log(): string;
  /** kill −9 */
  kill(): Promise<void>;
  /** SIGTERM, and waits; resolves to its exit code */
  stop(): Promise<number | null>;
};

/** Why a test that needs the built service cannot run, or false. */
export const notBuilt = existsSync(MAIN) ? false : 'dist/ is not built: npm run build';

/** A new empty data folder; the caller removes it. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'hallway-test-'));
export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Starts the built service on a free port (or that of `env.PORT`) and waits until it listens; `shell` runs before it. */
export async function startService(env: Record<string, string> = {}, shell = '', startMs = START_MS): Promise<Service> {
  const dataDir = env.DATA_DIR ?? newFolder();
  const child = spawn('sh', ['-c', `${shell} exec "$0" "$1"`, process.execPath, MAIN], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DEMO: 'off', JOBS: 'off', ...env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const address = await listening(child, () => text, startMs);
  const ended = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    address,
    port: Number(new URL(address).port),
    dataDir,
    log: () => text,
    kill: async () => void (await ended('SIGKILL')),
    stop: () => ended('SIGTERM'),
  };
}

async function listening(child: ChildProcess, log: () => string, startMs: number): Promise<string> {
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    const found = /Hallway listens at (http:\/\/\S+)/.exec(log());
    if (found) return found[1]!;
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`the service did not listen within ${startMs} ms: ${log()}`);
}

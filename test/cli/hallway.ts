import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../service.ts';

export const DATA = join(ROOT, '../shared/data');
export const SCORE = join(ROOT, '../shared/scripts/score-rooms.mjs');
/** Why a test against the real recordings cannot run, or false. */
export const noRecordings = existsSync(DATA) ? false : 'no recordings: ../shared/data is absent';

export type Ran = { code: number | null; stdout: string; stderr: string };

/** Runs a program to its end. */
export async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** `npm run -s hallway -- …`, as the README says it. */
export const hallway = (args: string[], env: Record<string, string> = {}) =>
  run('npm', ['run', '-s', 'hallway', '--', ...args], env);

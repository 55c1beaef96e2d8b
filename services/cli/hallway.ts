#!/usr/bin/env node
import { Misconfigured } from '../settings/config.ts';
import { SECRETS } from '../settings/secrets.ts';
import { SETTINGS } from '../settings/settings.ts';
import { type Command, Failed, help, hint, Misused, parse } from './command.ts';

/** Each is read when it is asked for: what draws films is not there to load a file. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  load: async () => (await import('./load.ts')).load,
  locate: async () => (await import('./locate.ts')).locate,
  detect: async () => (await import('./detect.ts')).detect,
  film: async () => (await import('./film.ts')).film,
  pack: async () => (await import('./pack.ts')).pack,
  simulate: async () => (await import('./simulate.ts')).simulate,
  run: async () => (await import('./run.ts')).run,
  jobs: async () => (await import('./jobs.ts')).jobs,
  gateway: async () => (await import('./gateway.ts')).gateway,
  plan: async () => (await import('./plan.ts')).plan,
  programme: async () => (await import('./programme.ts')).programme,
  forget: async () => (await import('./forget.ts')).forget,
  token: async () => (await import('./token.ts')).token,
  venue: async () => (await import('./venue.ts')).venue,
  verify: async () => (await import('./verify.ts')).verify,
  check: async () => (await import('./check.ts')).check,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
};

async function overview(): Promise<string> {
  const named = Object.entries(COMMANDS).map(async ([name, read]) => [name, (await read()).summary] as const);
  const commands = (await Promise.all(named)).map(([name, summary]) => `  ${name.padEnd(10)} ${summary}`);
  const settings = Object.entries(SETTINGS).map(
    ([name, { fallback, expected }]) => `  ${name.padEnd(16)} ${expected}${fallback ? ` (${fallback})` : ''}`,
  );
  return [
    'hallway COMMAND [options]',
    '',
    'commands',
    ...commands,
    '',
    'hallway COMMAND --help says more; `npm start` runs the service',
    '',
    'settings, from the environment',
    ...settings,
    '',
    `${SECRETS.join(', ')} may be in a file instead, named by NAME_FILE`,
    '',
  ].join('\n');
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await overview());
    return name === undefined ? 2 : 0;
  }
  const read = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!read) throw new Misused(`unknown command ${name}${hint(name, Object.keys(COMMANDS))}`);
  const command = await read();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help(name, command));
    return 0;
  }
  return command.run(parse(command, args));
}

/** Misuse is 2, what failed is 1; what we foresaw is said without a stack. */
async function codeOf(error: unknown): Promise<number> {
  const misused = error instanceof Misused || error instanceof Misconfigured;
  const { message, stack } = error as Error;
  // What knows all errors loads all servers' clients: no command waits for it.
  const foreseen = misused || error instanceof Failed;
  const sentence = foreseen ? message : (await import('../sentence.ts')).sentenceOf(error);
  process.stderr.write(`hallway: ${sentence ?? stack}\n`);
  return misused ? 2 : 1;
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2)).catch(codeOf);

#!/usr/bin/env node
import { Misconfigured } from '../config.ts';
import { SECRETS } from '../secrets.ts';
import { sentenceOf } from '../sentence.ts';
import { SETTINGS } from '../settings.ts';
import { type Command, Failed, help, hint, Misused, parse } from './command.ts';
import { detect } from './detect.ts';
import { film } from './film.ts';
import { gateway } from './gateway.ts';
import { jobs } from './jobs.ts';
import { load } from './load.ts';
import { locate } from './locate.ts';
import { pack } from './pack.ts';
import { run } from './run.ts';
import { simulate } from './simulate.ts';
import { verify } from './verify.ts';

const COMMANDS: Record<string, Command> = { load, locate, detect, film, pack, simulate, run, jobs, gateway, verify };

function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
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
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS[name];
  if (!command) throw new Misused(`unknown command ${name}${hint(name, Object.keys(COMMANDS))}`);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help(name, command));
    return 0;
  }
  return command.run(parse(command, args));
}

/** Misuse is 2, what failed is 1; what we foresaw is said without a stack. */
function codeOf(error: unknown): number {
  const misused = error instanceof Misused || error instanceof Misconfigured;
  const { message, stack } = error as Error;
  const sentence = misused || error instanceof Failed ? message : sentenceOf(error);
  process.stderr.write(`hallway: ${sentence ?? stack}\n`);
  return misused ? 2 : 1;
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2)).catch(codeOf);

import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A command of `hallway`: what `--help` says of it, what it takes, and what it does. Resolves to its exit code. */
type Option = { type: 'string' | 'boolean'; short?: string; help: string };

export type Command = {
  summary: string;
  usage: string;
  /** option → its line in the help */
  options: Record<string, Option>;
  /** works when pasted */
  example: string;
  run(given: Given): Promise<number>;
};

export type Given = { values: Record<string, string | boolean | undefined>; files: string[] };

/** The command line asks for something that there is not: exit code 2. */
export class Misused extends Error {}

const COMMON: Record<string, Option> = {
  quiet: { type: 'boolean', short: 'q', help: 'no words on stderr but errors' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
};

/** What was asked for cannot be done now, said in a sentence: exit code 1. */
export class Failed extends Error {}

/** Reads the arguments of a command; an unknown option is refused with the nearest right one. */
export function parse(command: Command, args: string[]): Given {
  const options = { ...command.options, ...COMMON };
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name && !(name in options))
      throw new Misused(`unknown option --${name}${hint(name, Object.keys(options), '--')}`);
    if (arg === '--') break;
  }
  try {
    const config: ParseArgsConfig = { args, options, allowPositionals: true, strict: true, tokens: true };
    const { values, positionals, tokens = [] } = parseArgs(config);
    const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = given.find((name, i) => given.indexOf(name) < i && !config.options?.[name]?.multiple);
    if (twice)
      throw new Error(`--${twice}: expected once, found ${given.filter((name) => name === twice).length} times`);
    return { values: values as Given['values'], files: positionals };
  } catch (error) {
    throw new Misused((error as Error).message);
  }
}

/** The text of `hallway COMMAND --help`. */
export function help(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([option, { type, short, help }]) => {
    const flag = `${short ? `-${short}, ` : ''}--${option}${type === 'string' ? '=VALUE' : ''}`;
    return `  ${flag.padEnd(22)} ${help}`;
  });
  return [
    `hallway ${name} ${command.usage}`,
    '',
    command.summary,
    '',
    'options',
    ...options,
    '',
    'example',
    `  ${command.example}`,
    '',
  ].join('\n');
}

/** ", did you mean X" where one of the choices is near enough. */
export function hint(word: string, choices: string[], prefix = ''): string {
  const ranked = choices.map((choice) => [distance(word, choice), choice] as const).sort((a, b) => a[0] - b[0]);
  const [nearest] = ranked;
  return nearest && nearest[0] <= Math.max(2, word.length / 2) ? `, did you mean ${prefix}${nearest[1]}` : '';
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

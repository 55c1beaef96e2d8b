import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export type Goal = `${'≥' | '≤'} ${number}`;
/** What was measured, and the limit or peer beside it in the same run, in words; `found` is the number that the goal is about. */
export type Figure = { measure: string; run: string; beside?: string; found?: number; goal?: Goal };

/** Of all benches that have run, in order. */
const told: (Figure & { bench: string })[] = [];
let bench = '';

/** Whatever is told from now on is of this bench. */
export function begin(name: string): void {
  bench = name;
  console.log(`\n${name}`);
}

/** Prints a figure beside its goal and whether it was reached, and keeps it for the table. */
export function tell(figure: Figure): void {
  told.push({ bench, ...figure });
  const { measure, run, beside, found, goal } = figure;
  const ratio = found === undefined ? '' : numberOf(found);
  const reached =
    goal && found !== undefined ? `goal ${goal.padEnd(8)} ${isReached(found, goal) ? 'reached' : 'MISSED '}` : '';
  const said = [measure.padEnd(64), ratio.padStart(7), reached.padEnd(22), run, beside && `beside ${beside}`];
  console.log(
    said
      .filter((part) => part !== undefined)
      .join(' ')
      .trimEnd(),
  );
}

/** The same where a ratio says it all. */
export const show = (measure: string, found: number, goal: Goal, run = ''): void => tell({ measure, run, found, goal });

export const isReached = (found: number, goal: Goal): boolean =>
  goal.startsWith('≥') ? found >= Number(goal.slice(2)) : found <= Number(goal.slice(2));

export const numberOf = (found: number): string =>
  found >= 100 ? Math.round(found).toLocaleString('en') : found.toFixed(found >= 10 ? 1 : 2);

/** All figures as a table in Markdown. */
export function table(): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rows = told.map(({ bench, measure, run, beside = '', found, goal }) => {
    const mark = goal === undefined || found === undefined ? '' : isReached(found, goal) ? 'reached' : '**missed**';
    return row([bench, measure, run, beside, found === undefined ? '' : numberOf(found), goal ?? '', mark]);
  });
  const head = ['bench', 'measure', 'this run', 'limit or peer, same run', 'figure', 'goal', ''];
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}

export const machine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`;

/** The shortest of some runs, ms. */
export async function best(run: (turn: number) => unknown, runs: number): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < runs; turn++) {
    const began = performance.now();
    await run(turn);
    shortest = Math.min(shortest, performance.now() - began);
  }
  return shortest;
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

export const ms = (took: number): string => `${took.toFixed(took < 10 ? 1 : 0)} ms`;
/** Thousands a second. */
export const k = (aSecond: number): string => `${numberOf(aSecond / 1000)} k/s`;

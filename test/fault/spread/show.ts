import type { Result } from './one.ts';

export const isWell = ({ lost, doubled, foreign, problem }: Result): boolean =>
  lost.length + doubled.length + foreign.length === 0 && problem === '';

/** One line a run; of one that failed also how it is run again, and what its processes wrote. */
export function showRun(result: Result): void {
  const { seed, store, faults, felt, sent, stored, dead, lost, doubled, foreign, seconds, problem, log } = result;
  const told = faults.map(({ name, atMs, ms }, i) => {
    const met = felt[i] === undefined ? '' : ` ×${felt[i]}`;
    return `${name} @${(atMs / 1000).toFixed(1)}+${(ms / 1000).toFixed(1)}s${met}`;
  });
  const figures = `sent ${sent} stored ${stored} dead ${dead} lost ${lost.length} doubled ${doubled.length}`;
  console.log(`${seed} ${store}: ${told.join(', ')}: ${figures} ${seconds.toFixed(0)} s`);
  if (isWell(result)) return;
  console.log(`  FAILED ${problem} foreign ${foreign.length}; again by: npm run fault -- --runs 1 --seed ${seed}`);
  for (const [word, list] of Object.entries({ lost, doubled, foreign }))
    if (list.length > 0) console.log(`  ${word}: ${list.slice(0, 3).join(' ')}`);
  console.log(log.slice(-3000).replaceAll(/^/gm, '  | '));
}

/** A row a fault, of the runs in which somebody felt it, and one of all. Says whether all is well. */
export function showSummary(results: readonly Result[]): boolean {
  const names = [...new Set(results.flatMap(({ faults }) => faults.map(({ name }) => name)))].sort();
  console.log('\n| fault | runs | sent | stored | dead letters | lost | doubled |\n|---|---|---|---|---|---|---|');
  for (const name of names)
    showRow(
      name,
      results.filter(({ faults, felt }) => faults.some((fault, i) => fault.name === name && felt[i] !== 0)),
    );
  showRow('**all**', results);
  const failed = results.filter((result) => !isWell(result)).map(({ seed }) => seed);
  if (failed.length > 0) console.log(`\nfailed: seeds ${failed.join(' ')}`);
  return failed.length === 0;
}

function showRow(name: string, results: readonly Result[]): void {
  const sum = (of: (result: Result) => number) => results.reduce((all, result) => all + of(result), 0);
  const figures = [
    results.length,
    sum(({ sent }) => sent),
    sum(({ stored }) => stored),
    sum(({ dead }) => dead),
    sum(({ lost }) => lost.length),
    sum(({ doubled }) => doubled.length),
  ];
  console.log(`| ${name} | ${figures.map((figure) => figure.toLocaleString('en')).join(' | ')} |`);
}

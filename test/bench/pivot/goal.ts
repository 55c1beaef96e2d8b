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

/** A figure beside its goal, and whether it was reached. */
export function show(name: string, found: number, goal: `${'≥' | '≤'} ${number}`, said = ''): void {
  const most = Number(goal.slice(2));
  const isReached = goal.startsWith('≥') ? found >= most : found <= most;
  const figure = found >= 100 ? found.toFixed(0) : found.toFixed(found >= 10 ? 1 : 2);
  console.log(
    `${name.padEnd(64)} ${figure.padStart(7)}  goal ${goal.padEnd(8)} ${isReached ? 'reached' : 'MISSED '}  ${said}`,
  );
}

export const ms = (took: number): string => `${took.toFixed(took < 10 ? 1 : 0)} ms`;

/**
 * Faults, injected for real into consumers of a real Kafka that store in a real InfluxDB:
 *   npm run fault -- --runs N [--seed S]     N runs, of the seeds S, S + 1, …
 *   npm run fault -- --stock                 what the client's stock writer loses in an outage
 * SIGTERM to it alone ends it after the runs that are under way, with the table of what was done.
 */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { servers } from '../../servers/servers.ts';
import { notBuilt } from '../../service.ts';
import { type Plan, planOf, type Result, runOne } from './one.ts';
import { showRun, showSummary } from './show.ts';
import { type Ground, ownGround } from './site.ts';
import { runStock } from './stock.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, seed: { type: 'string' }, stock: { type: 'boolean' } },
});
const found = servers('kafka', 'influx');
const why = found.skip || notBuilt;
if (why) {
  console.error(why);
  process.exit(2);
}
const shared: Ground = { servers: found.servers!, own: null };
const machine = `${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
console.log(machine);
if (values.stock) await runStock(shared);
else process.exitCode = await runAll(Number(values.seed ?? Date.now() % 1_000_000), Number(values.runs));

/** Two at a time: those that stop servers, on a pair of their own, beside those that do not. Resolves to the exit code. */
async function runAll(seed: number, runs: number): Promise<number> {
  console.log(`${runs} runs from seed ${seed}; outages of 2–5 s, in every tenth run one of 30 s; two runs at a time`);
  const plans = Array.from({ length: runs }, (_, i) => planOf(seed + i));
  const stopping = plans.filter(({ stops }) => stops);
  const results: Result[] = [];
  const own = stopping.length > 0 ? await ownGround() : null;
  let isOver = false;
  process.once('SIGTERM', () => {
    isOver = true;
  });
  const lane = async (its: Plan[], ground: Ground | null) => {
    for (const plan of its) {
      if (isOver) return;
      const result = await runOne(plan, ground!).catch((error: Error) => {
        console.log(`${plan.seed} could not be run: ${error.stack}`);
        return null;
      });
      if (result) showRun(result);
      if (result) results.push(result);
    }
  };
  try {
    await Promise.all([
      lane(stopping, own),
      lane(
        plans.filter(({ stops }) => !stops),
        shared,
      ),
    ]);
  } finally {
    await own?.close();
  }
  console.log(`\n${results.length} of ${runs} runs`);
  const isWell = showSummary(results);
  return isWell && results.length === runs ? 0 : 1;
}

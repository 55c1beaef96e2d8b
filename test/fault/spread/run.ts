/**
 * Faults, injected for real into consumers of a real Kafka that store in a real InfluxDB:
 *   npm run fault -- --runs N [--seed S]     N runs, of the seeds S, S + 1, …
 *     --at-once K     so many side by side (2): every second of them on a pair of servers of its own, which it may stop
 *     --keep FILE     writes each result there, a line each; seeds that are there already are not run again, and are counted
 *   npm run fault -- --stock                 what the client's stock writer loses in an outage
 * SIGTERM to it alone ends it after the runs that are under way, with the table of what was done.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { servers } from '../../servers/servers.ts';
import { notBuilt } from '../../service.ts';
import { type Plan, planOf, type Result, runOne } from './one.ts';
import { showRun, showSummary } from './show.ts';
import { type Ground, ownGround } from './site.ts';
import { runStock } from './stock.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string' },
    'at-once': { type: 'string', default: '2' },
    keep: { type: 'string' },
    stock: { type: 'boolean' },
  },
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

/** Those that stop servers, on pairs of their own, beside those that do not. Resolves to the exit code. */
async function runAll(seed: number, runs: number): Promise<number> {
  const lanes = Math.max(1, Math.floor(Number(values['at-once']) / 2));
  console.log(
    `${runs} runs from seed ${seed}; outages of 2–5 s, in every tenth run one of 30 s; ${2 * lanes} at a time`,
  );
  const results = kept().filter((result) => result.seed >= seed && result.seed < seed + runs);
  const known = new Set(results.map((result) => result.seed));
  const plans = Array.from({ length: runs }, (_, i) => planOf(seed + i)).filter((plan) => !known.has(plan.seed));
  const stopping = plans.filter(({ stops }) => stops);
  const others = plans.filter(({ stops }) => !stops);
  const grounds = await Promise.all(Array.from({ length: stopping.length > 0 ? lanes : 0 }, ownGround));
  let isOver = false;
  process.once('SIGTERM', () => {
    isOver = true;
  });
  const lane = async (left: Plan[], ground: Ground) => {
    for (let plan = left.shift(); plan && !isOver; plan = left.shift()) {
      const result = await runOne(plan, ground).catch((error: Error) => {
        console.log(`${plan!.seed} could not be run: ${error.stack}`);
        return null;
      });
      if (!result) continue;
      showRun(result);
      results.push(result);
      if (values.keep) appendFileSync(values.keep, `${JSON.stringify(result)}\n`);
    }
  };
  try {
    await Promise.all([
      ...grounds.map((own) => lane(stopping, own)),
      ...Array.from({ length: lanes }, () => lane(others, shared)),
    ]);
  } finally {
    for (const own of grounds) await own.close();
  }
  console.log(`\n${results.length} of ${runs} runs`);
  const isWell = showSummary(results);
  return isWell && results.length === runs ? 0 : 1;
}

function kept(): Result[] {
  if (!values.keep || !existsSync(values.keep)) return [];
  const lines = readFileSync(values.keep, 'utf8').trim().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result);
}

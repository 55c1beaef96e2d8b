/**
 * Everything at once, for an hour: badges, screens, questions, exports, kills, outages, clocks that jump, late uploads. At its end what
 * was sent is held against what is stored.
 *   npm run hour -- [--minutes 60] [--seed S] [--badges 10000] [--gateways 50] [--screens 500]
 */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { notBuilt, remove } from '../../service.ts';
import { hour, type Outcome } from './hour.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    badges: { type: 'string', default: '10000' },
    gateways: { type: 'string', default: '50' },
    screens: { type: 'string', default: '500' },
  },
});
if (notBuilt) throw new Error(notBuilt);
const minutes = Number(values.minutes);
const plan = {
  ...{ seed: Number(values.seed), lastMs: minutes * 60_000, everyMs: 10_000, batchMs: 2000 },
  ...{ badges: Number(values.badges), gateways: Number(values.gateways), screens: Number(values.screens) },
  ...{ kills: Math.ceil(minutes / 6), outages: Math.ceil(minutes / 3), jumps: Math.ceil(minutes / 6) },
};
console.log(
  `${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
console.log(`seed ${plan.seed}, ${minutes} minutes`);
const outcome = await hour(plan, console.log);
show(outcome);
if (outcome.faults.length === 0) remove(outcome.dataDir);
else console.log(`it lies in ${outcome.dataDir}`);
process.exit(outcome.faults.length > 0 ? 1 : 0);

function show({ sent, stored, late, repeats, refused, asked, screens, felt, memory, faults }: Outcome): void {
  const list = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  console.log(
    `\nsent ${sent}, stored ${stored.count}: batches that waited for a line ${late}, sent again though stored ${repeats}, not answered ${refused}`,
  );
  console.log(`questions: ${list(asked)}`);
  console.log(
    `screens: ${screens.frames} frames, ${screens.open} open at the end, ${screens.again} times connected anew`,
  );
  console.log(`exports: ${stored.windows} windows; ${stored.verified}`);
  console.log(`outages felt by requests: ${list(felt)}`);
  const mib = memory.map((sample) => Math.round(sample.mib));
  console.log(
    `memory in the second half: ${mib[0]} to ${mib.at(-1)} MiB, at most ${Math.max(...mib)}, ${slope(memory).toFixed(1)} MiB an hour in its last half`,
  );
  for (const fault of faults) console.log(`FAULT ${fault}`);
  console.log(faults.length === 0 ? 'nothing lost, nothing doubled' : `${faults.length} faults`);
}

/** Least squares over the last half of the samples, MiB an hour. */
function slope(memory: Outcome['memory']): number {
  const last = memory.slice(memory.length >> 1);
  const [x, y] = [mean(last.map((one) => one.second)), mean(last.map((one) => one.mib))];
  const over = last.reduce((sum, one) => sum + (one.second - x) * (one.mib - y), 0);
  return (over / last.reduce((sum, one) => sum + (one.second - x) ** 2, 0)) * 3600;
}
function mean(of: number[]): number {
  return of.reduce((sum, one) => sum + one, 0) / of.length;
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOADING, moduleOf, newFolder, ROOT, type Service, startService } from '../../service.ts';
import { diceOf } from '../spread/dice.ts';
import { type Proxy as Between, type Mischief, proxyTo } from '../spread/proxy.ts';
import { ask } from './askers.ts';
import type { Seen } from './screens-child.ts';
import { send } from './senders.ts';
import { batchesOf, type Size, troublesOf } from './sent.ts';
import { recordFaults, type Stored, storedIn } from './stored.ts';

/** How much of everything there is: `lastMs` of sending, of which the second half without kills, so that memory can be looked at. */
export type Plan = Size & {
  seed: number;
  lastMs: number;
  screens: number;
  kills: number;
  outages: number;
  jumps: number;
};

/** What became of it. `faults`: each is a defect, in words. */
export type Outcome = {
  plan: Plan;
  faults: string[];
  stored: Stored;
  sent: number;
  late: number;
  repeats: number;
  refused: number;
  asked: Record<string, number>;
  screens: Seen;
  felt: Record<string, number>;
  /** resident memory in the second half, by seconds since its beginning, MiB */
  memory: { second: number; mib: number }[];
};

const MISCHIEF: Mischief[] = ['503', '429', 'slow', 'unanswered'];
const HOLDERS = 2;
const SAMPLE_MS = 2000;
const START_MS = 120_000;
const CLOCK = join(ROOT, 'test/fault/hour/clock.mjs');
const SCREENS = moduleOf('test/fault/hour/screens-child');

/** Everything at once, in one folder, which is the caller's to remove. */
export async function hour(plan: Plan, say: (words: string) => void): Promise<Outcome & { dataDir: string }> {
  const dataDir = newFolder();
  const clock = `${dataDir}.clock`;
  writeFileSync(clock, '0');
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(venueOf(plan)));
  const env = {
    DATA_DIR: dataDir,
    JOBS: 'on',
    LOG_LEVEL: 'warn',
    HOUR_CLOCK: clock,
    NODE_OPTIONS: `--import=${CLOCK}`,
  };
  const house: House = { service: await startService(env), env, clock, faults: [] };
  const proxy = await proxyTo(house.service.address);
  const screens = hold(house.service.address, plan.screens);
  const isOver = new AbortController();
  try {
    const began = Date.now();
    const [half, until] = [began + plan.lastMs / 2, began + plan.lastMs];
    const troubles = troublesOf(diceOf(plan.seed, 'troubles'), plan.gateways, began, plan.lastMs);
    const batch = batchesOf(plan.seed, plan, troubles);
    const dice = diceOf(plan.seed, 'send');
    const sending = send({ url: proxy.url, size: plan, batch, troubles, began, until, dice });
    const asking = ask(house.service.address, until, diceOf(plan.seed, 'ask'));
    const memory = watch(house, half, isOver.signal);
    const [felt, asked] = await Promise.all([harm(house, proxy, plan, began, say), asking, sending.done]);
    writeFileSync(clock, '0');
    isOver.abort();
    const seen = await release(screens);
    if (seen.backwards > 0) house.faults.push(`screens were shown ${seen.backwards} seconds no later than the last`);
    say('asks what is stored');
    const stored = await storedIn(house.service, sending.sent, say);
    house.faults.push(...badLines(house.service));
    const code = await house.service.stop();
    if (code !== 0) house.faults.push(`the service ended with ${code}`);
    house.faults.push(...(await recordFaults(dataDir)));
    const sent = [...sending.sent.values()].reduce((all, { count }) => all + count, 0);
    const faults = [...house.faults, ...asked.faults, ...stored.faults];
    const { late, repeats, failures: refused } = sending;
    const told = { late, repeats, refused, asked: asked.count, screens: seen, felt, memory: await memory };
    return { plan, faults, stored, sent, ...told, dataDir };
  } finally {
    isOver.abort();
    for (const child of screens) if (child.connected) child.disconnect();
    await house.service.kill();
    await proxy.close();
    rmSync(clock);
  }
}

/** A service that is started anew with the same settings after each kill. */
type House = { service: Service; env: Record<string, string>; clock: string; faults: string[] };

/** Kills in the first half, outages and jumps of its clock all along. Resolves to how many requests felt which outage. */
async function harm(house: House, proxy: Between, plan: Plan, began: number, say: (words: string) => void) {
  const dice = diceOf(plan.seed, 'faults');
  const felt: Record<string, number> = {};
  const { port } = house.service;
  const acts: Record<string, () => Promise<unknown>> = {
    async kill() {
      await house.service.kill();
      house.faults.push(...badLines(house.service));
      house.service = await startService({ ...house.env, PORT: String(port) }, '', START_MS);
    },
    async outage() {
      const mischief = dice.pick(MISCHIEF);
      felt[mischief] = (felt[mischief] ?? 0) + (await proxy.during(mischief, dice.between(0.002, 0.01) * plan.lastMs));
    },
    async jump() {
      writeFileSync(house.clock, String(Math.round(dice.between(-1, 1) * Math.min(60_000, plan.lastMs / 8))));
    },
  };
  const at = (name: string, count: number, share: number) =>
    Array.from({ length: count }, () => ({ name, when: began + dice.between(0, share) * plan.lastMs }));
  const all = [...at('kill', plan.kills, 0.5), ...at('outage', plan.outages, 1), ...at('jump', plan.jumps, 1)];
  for (const { name, when } of all.sort((a, b) => a.when - b.when)) {
    await sleep(Math.max(0, when - Date.now()));
    say(`${Math.round((Date.now() - began) / 1000)} s: ${name}`);
    await acts[name]!();
  }
  return felt;
}

/** What no log may have: an error of the service's own. That a question was too dear for a busy machine is none. */
const badLines = (service: Service): string[] =>
  service
    .log()
    .split('\n')
    .filter((line) => /"level":(50|60)|UnhandledPromise|FATAL/.test(line) && !/answered within \d+ s/.test(line))
    .slice(0, 5);

function venueOf({ gateways }: Plan) {
  const across = Math.ceil(Math.sqrt(gateways));
  const rooms = Array.from({ length: gateways }, (_, i) => {
    const [x, y] = [(i % across) * 10, Math.floor(i / across) * 10];
    const polygon = [[0, 0], [10, 0], [10, 10], [0, 10]].map(([u, v]) => [x + u!, y + v!]); // biome-ignore format: four corners
    return { id: `room-${i}`, polygon, capacity: 300 };
  });
  return {
    name: 'Test hall',
    zone: 'Etc/GMT',
    rooms,
    gateways: rooms.map(({ id }, i) => ({ id: `pi-${i}`, room: id })),
  };
}

function hold(address: string, count: number): ChildProcess[] {
  const each = Math.ceil(count / HOLDERS);
  return Array.from({ length: HOLDERS }, () => fork(SCREENS, [address, String(each)], { execArgv: LOADING }));
}

async function release(children: ChildProcess[]): Promise<Seen> {
  const total: Seen = { frames: 0, again: 0, backwards: 0, open: 0 };
  for (const child of children) {
    child.send('tell');
    const [seen] = (await once(child, 'message')) as [Seen];
    for (const name of Object.keys(total) as (keyof Seen)[]) total[name] += seen[name];
    child.disconnect();
  }
  return total;
}

/** Samples of resident memory from `half` on, until it is over. */
async function watch(house: House, half: number, signal: AbortSignal): Promise<Outcome['memory']> {
  const samples: Outcome['memory'] = [];
  while (!signal.aborted) {
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
    const second = (Date.now() - half) / 1000;
    if (second < 0) continue;
    const text = await fetch(`${house.service.address}/metrics`).then(
      (reply) => reply.text(),
      () => '',
    );
    const rss = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
    if (rss > 0) samples.push({ second, mib: rss / 2 ** 20 });
  }
  return samples;
}

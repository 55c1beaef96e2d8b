import { fileURLToPath } from 'node:url';
import { endWithParent } from '../child.ts';
import { openHouse } from '../house/house.ts';
import { storedAhead } from '../live/ahead.ts';
import { createLive, type Live } from '../live/live.ts';
import type { Took } from '../model/batch.ts';
import { sentenceOf } from '../sentence.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { simulateSource } from '../source/simulate.ts';
import { stateIn } from '../work/picture.ts';
import { flow } from '../work/river.ts';
import { type Demo, readDemo, worldOf } from './demo.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** So close to now the service takes over. */
const CLOSE_MS = 5000;

/** What the child says to the service: how much of the past is laid, and at the end up to which instant, UTC ms. */
export type Said = { share: number } | { laid: number } | { failed: string };

/**
 * Lays the past of a demo in the folder `laying`, by the same river as now is told, but with a clock of its own that
 * goes as fast as it can, and chases the real one. Returns up to which instant all is told, UTC ms.
 */
async function lay(config: Config, demo: Demo, tell: (share: number) => void): Promise<number> {
  const house = await openHouse(config, 'laying');
  const from = Math.max(demo.start - DAY_MS / 2, wholeSecond(house.keepFrom()));
  const world = worldOf(demo, from);
  let clock = from;
  const live: Live = createLive({
    ...house,
    state: stateIn(house.folder),
    ahead: (from, after) => storedAhead(house.store.read, from, after, [0]),
    fanout: { fill: () => undefined, push: () => undefined },
    clock: () => clock,
    graceMs: 0,
    saveEvery: Number.POSITIVE_INFINITY,
  });
  await live.start();
  const goOn = (until: number) => {
    for (; clock < until; live.advance()) clock += SECOND_MS;
  };
  const took: Took = (batch, receipt) => {
    live.take(batch, receipt);
    // Of the second of the last observation there may be more to come.
    goOn(Math.ceil((batch.observations.at(-1)?.received ?? clock) / SECOND_MS) * SECOND_MS - SECOND_MS);
    tell((clock - from) / (Date.now() - from));
  };
  const now = () => wholeSecond(Date.now());
  for (let until = now(); until - clock > CLOSE_MS; until = now()) {
    const pace = { speed: Number.POSITIVE_INFINITY, until };
    const source = simulateSource(world, house.context('simulate', 'recorded'), pace);
    await flow(source, house.store, new AbortController().signal, took);
    goOn(until - SECOND_MS);
  }
  live.save();
  const laid = world.now;
  await house.close();
  return laid;
}

const wholeSecond = (time: number): number => Math.floor(time / SECOND_MS) * SECOND_MS;

/** The child of a service: it ends with it. */
async function main(): Promise<void> {
  const say = (said: Said) => process.connected && process.send?.(said);
  endWithParent();
  const config = readConfig(process.env);
  try {
    say({ laid: await lay(config, readDemo(config)!, (share) => say({ share })) });
  } catch (error) {
    if (!sentenceOf(error)) process.stderr.write(`${(error as Error).stack}\n`);
    say({ failed: sentenceOf(error) ?? (error as Error).message });
  }
  if (process.connected) process.disconnect();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

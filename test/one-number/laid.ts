import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frames as framesJob } from '../../jobs/frames.ts';
import type { Bench } from '../../jobs/job.ts';
import { presences as presencesJob } from '../../jobs/presences.ts';
import { answerOut, copiesIn, copyOut } from '../../services/house/copies.ts';
import { type House, openHouse } from '../../services/house/house.ts';
import { storedAhead } from '../../services/live/ahead.ts';
import { createFanout, type Fanout } from '../../services/live/fanout.ts';
import { createLive } from '../../services/live/live.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Frame } from '../../services/model/frame.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Venue } from '../../services/model/venue.ts';
import { beyondOf } from '../../services/roles/beyond.ts';
import { createCounts } from '../../services/roles/counts.ts';
import { createLog } from '../../services/roles/log.ts';
import { readConfig } from '../../services/settings/config.ts';
import { type Memory, openMemory } from '../../services/store/database.ts';
import { type App, startApp } from '../serve/app.ts';
import { newFolder } from '../service.ts';
import type { World } from './worlds.ts';

const SECOND_MS = 1000;

/** A world that was lived through: what screens got second by second, what came in, and the service that answers for it. */
export type Laid = {
  world: World;
  venue: Venue;
  app: App;
  /** by their second, as screens got them */
  frames: Map<number, Frame>;
  observations: Observation[];
};

/** Lives through a world, corrects its days as jobs do, and starts the service in its folder; `env` says where it is stored. */
export async function lay(world: World, env: Record<string, string> = {}): Promise<Laid> {
  const dataDir = newFolder();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(world.venue));
  const config = readConfig({ ...env, DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'silent' });
  const { engine } = beyondOf(config, createLog(), createCounts({ waiting: 0 }, createFanout()));
  const house = await openHouse(config, 'main', engine);
  const frames = new Map<number, Frame>();
  const observations = await live(world, house, frames);
  await correct(world, house);
  const { venue } = house;
  await house.close();
  return { world, venue, frames, observations, app: await startApp({ ...env, DATA_DIR: dataDir }) };
}

/** What a screen is sent is kept as it was sent. */
function watched(frames: Map<number, Frame>): Fanout {
  const fanout = createFanout();
  fanout.watch(({ time, bytes }) => {
    const [, data] = /^data: (.+)$/m.exec(bytes.toString()) ?? [];
    frames.set(time, JSON.parse(data!) as Frame);
  });
  return fanout;
}

async function live(world: World, house: House, frames: Map<number, Frame>): Promise<Observation[]> {
  const { dead } = world;
  let clock = world.from;
  const one = createLive({
    ...house,
    state: { load: () => null, save: () => undefined },
    ahead: (from, after) => storedAhead(house.store.read, from, after, [0]),
    fanout: watched(frames),
    clock: () => clock,
    graceMs: 0,
    saveEvery: Number.POSITIVE_INFINITY,
  });
  await one.start();
  const goOn = (until: number) => {
    while (clock < until) {
      clock += SECOND_MS;
      if (!dead || clock < dead.from || clock >= dead.until) one.advance();
    }
  };
  const known: Observation[] = [];
  for (const batch of world.batches(house.context('one-number', 'recorded'))) {
    const receipt = await house.store.append(batch);
    one.take(batch, receipt);
    const repeated = new Set(receipt.duplicates);
    known.push(...batch.observations.filter((_, i) => !repeated.has(i)));
    const last = batch.observations.at(-1)?.received ?? clock;
    // Of the second of the last observation there may be more to come.
    goOn(Math.ceil(last / SECOND_MS) * SECOND_MS - SECOND_MS);
  }
  goOn(world.until);
  house.record.flush();
  return known;
}

/** Revision 1 of each day, by the jobs' own code. */
async function correct(world: World, house: House): Promise<void> {
  const opened: Memory[] = [];
  const signal = new AbortController().signal;
  const folder = house.folder!;
  const bench: Bench = {
    house: folder,
    venue: house.venue,
    record: house.record,
    ledger: house.ledger,
    copy: async (span, what) => join(copiesIn(folder), await copyOut(house, span, signal, what)),
    ask: (asked, file) => answerOut(house.ask, asked, file, signal),
    async database() {
      const memory = await openMemory(folder);
      opened.push(memory);
      return memory;
    },
    now: () => world.until + 86_400_000,
    progress: () => undefined,
    signal,
  };
  for (const day of daysIn({ from: world.from, until: world.until }, house.venue.zone))
    for (const job of [presencesJob, framesJob]) await job.run(day, bench);
  for (const memory of opened) memory.close();
}

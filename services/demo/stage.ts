import { setTimeout as sleep } from 'node:timers/promises';
import { forget, forgetOn } from '../forget/forget.ts';
import { type House, type OpenEngine, openHouse, peopled, rehoused, renewed } from '../house/house.ts';
import { KEYS, say } from '../ledger/runs.ts';
import { forwardClock } from '../live/clock.ts';
import { partitionOf, REPLAYED_FROM } from '../model/batch.ts';
import type { Receipt } from '../model/forgetting.ts';
import type { Venue } from '../model/venue.ts';
import type { DemoShown } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import type { World } from '../simulate/world.ts';
import { simulateSource, systemClock } from '../source/simulate.ts';
import type { Source } from '../source/source.ts';
import { openReplay, type Replay } from '../work/replay.ts';
import { flow } from '../work/river.ts';
import { haltedBefore, type Work, type WorkOptions, work } from '../work/work.ts';
import { type Demo, dropLaying, endOf, keepDemo, moveIn, putAside, type Told, worldOf } from './demo.ts';
import { NotSettled } from './not-settled.ts';
import { layPast, tellHistory, tellMorning } from './past.ts';
import { giveStarters } from './starters.ts';

const DAY_MS = 86_400_000;
/** How much of the past a demo tells at once in a folder that is not its own, so that its first picture is not empty. */
const BEFORE_MS = 10 * 60_000;
/** How long after the port is open the past of a new demo is laid, ms: a page that is opened with the port has its first words by then. */
const LAY_MS = 2000;
/** How long questions to a house that is left may take, ms. */
const SLOW_MS = 3000;

export type StageOptions = Omit<WorkOptions, 'clock' | 'graceMs'> & {
  /** where observations come from, but for a simulated world */
  sources: Source[];
  /** resolves when the port is open */
  opened: Promise<void>;
  /** nothing may wait to be stored any more */
  close: (why?: string) => void;
  /** what a house stores with */
  engine: OpenEngine;
  /** the store is another one, or has lost something */
  changed: (house: House) => Promise<void>;
  log: (error: unknown, words: string) => void;
  info: (words: string, more?: object) => void;
};

/** Where a service works: in its main house; of a new demo first in one in memory, until a child has laid the past. */
export type Stage = {
  /** UTC ms, never going back */
  clock: () => number;
  work(): Work;
  /** resolves when the main house is worked in; rejects if it never will be */
  ready: Promise<void>;
  demo(): DemoShown | null;
  /** how much of the recording is replayed, 0 to 1; null: nothing is */
  replayed(): number | null;
  /** Forgets what was simulated, keeps what was not, and tells nothing more. */
  endDemo(): Promise<void>;
  /** Goes on in another version of the venue, as after a restart. Throws `NotSettled` while a past is being laid or told. */
  takeUp(venue: Venue): Promise<void>;
  /** Forgets a badge in everything that the house holds. Throws `NotSettled` like `takeUp`. */
  forget(badge: string, who: string): Promise<Receipt>;
  halt(): Promise<void>;
};

/** How far it has come: what is worked in, and what is told there. */
type Course = StageOptions & {
  config: Config;
  tools: WorkOptions;
  stopping: AbortController;
  at: Work;
  demo: Demo | null;
  isTold: boolean;
  /** of its past that is laid */
  share: number;
  problem: string | null;
  /** somebody is ending the demo */
  ending: Promise<void> | null;
  /** nothing of a demo's past is laid or told any more */
  isSettled: boolean;
  /** resolves when no version of the venue is being taken up */
  taking: Promise<void>;
};

export async function openStage(config: Config, told: Told | null, given: StageOptions): Promise<Stage> {
  const isNew = told?.isNew === true;
  const demo = told?.demo ?? null;
  const house = await openHouse(config, isNew ? 'memory' : 'main', given.engine);
  if (house.folder !== null) await forgetOn(house, house.folder);
  const replay = config.replay && (await openReplay(config.replay, house, config.graceMs, given));
  const options = replay ? replaying(given, replay) : given;
  const clock = replay?.clock ?? forwardClock(Date.now, house.record.last);
  const tools: WorkOptions = { ...options, clock, graceMs: config.graceMs };
  await options.changed(house);
  const isBegun = house.record.last !== Number.NEGATIVE_INFINITY;
  const before = demo && isNew ? await tellMorning(demo, house, clock) : isBegun ? clock() : clock() - BEFORE_MS;
  const simulated = demo && told?.isTold ? [telling(worldOf(demo, before), demo, house, clock)] : [];
  const sources = isNew ? simulated : [...options.sources, ...simulated];
  // What Kafka, a recording or a simulated event says is there all the same.
  const isSent = given.kafka === null && !replay && !told?.isTold;
  const unheard = isSent ? haltedBefore(house) : {};
  const at = await work(house, sources, { ...tools, ...unheard });
  const stopping = new AbortController();
  const course: Course = {
    ...options,
    config,
    tools,
    stopping,
    at,
    demo,
    share: isNew ? 0 : 1,
    problem: null,
    ending: null,
    isSettled: false,
    taking: Promise.resolve(),
    isTold: told?.isTold ?? false,
  };
  const inTurn = async (change: Parameters<typeof changeHouse>[1]) => {
    await course.taking;
    const turn = changeHouse(course, change);
    course.taking = turn.catch(() => undefined);
    await turn;
  };
  const ready = demo && isNew ? settle(course, demo) : Promise.resolve();
  ready
    .then(() => addHistory(course))
    .catch((error: Error) => giveUp(course, error))
    .finally(() => (course.isSettled = true));
  return {
    clock,
    work: () => course.at,
    ready,
    demo: () => course.demo && shownOf(course, course.demo),
    replayed: () => replay?.share() ?? null,
    async endDemo() {
      await ready;
      await course.taking;
      course.ending ??= endDemo(course).finally(() => (course.ending = null));
      await course.ending;
    },
    takeUp: (venue) => inTurn((house) => rehoused(house, venue)),
    forget: (badge, who) => forgetIn(inTurn, badge, who),
    async halt() {
      stopping.abort();
      options.close();
      await course.taking;
      await course.at.halt();
    },
  };
}

type InTurn = (change: (house: House) => Promise<House>) => Promise<void>;

async function forgetIn(inTurn: InTurn, badge: string, who: string): Promise<Receipt> {
  let receipt: Receipt | null = null;
  await inTurn(async (house) => {
    if (house.folder === null) throw new RangeError('expected a house in a folder, found one in memory');
    receipt = await forget(house, house.folder, { badges: house.pseudonymsOf(badge), who });
    return rehoused(renewed(house), await peopled(house.ledger, house.venue));
  });
  return receipt!;
}

/** A recording flows beside what comes in, and its clock is everybody's. */
const replaying = (options: StageOptions, { source, every, saveEvery }: Replay): StageOptions => ({
  ...options,
  every,
  saveEvery,
  sources: [...options.sources, source],
  partitions: [...options.partitions, partitionOf(REPLAYED_FROM)],
});

/** What a world tells, as it comes due, until the event is over. */
function telling(world: World, demo: Demo, { context }: House, clock: () => number): Source {
  const pace = { clock: { ...systemClock, now: clock }, until: endOf(demo) };
  return simulateSource(world, context('simulate', 'recorded'), pace);
}

/** Has the past laid, then goes on in the house in which it lies, as after a restart. */
async function settle(course: Course, demo: Demo): Promise<void> {
  const { config, tools, stopping, sources, fanout, took } = course;
  await course.opened;
  await systemClock.wait(LAY_MS, stopping.signal);
  const until = await layPast(config, stopping.signal, (share) => (course.share = Math.min(share, 0.999)));
  const left = course.at.house;
  // What fails from here on leaves the past laid: the next start takes it over.
  course.demo = moveIn(config, demo);
  const house = await openHouse(config, 'main', course.engine);
  await course.at.halt();
  await course.changed(house);
  // What was told meanwhile is in the store before the picture goes on, so that its frames have it.
  const world = worldOf(demo, until);
  const pace = { speed: Number.POSITIVE_INFINITY, until: tools.clock() };
  await flow(simulateSource(world, house.context('simulate', 'recorded'), pace), house.store, stopping.signal, took);
  fanout.forget();
  course.at = await work(house, [...sources, telling(world, demo, house, tools.clock)], tools);
  course.share = 1;
  fanout.anew();
  await giveStarters(house.ledger, house.venue.zone, demo.start - DAY_MS);
  void sleep(SLOW_MS, undefined, { ref: false }).then(() => left.close());
}

/** What was before the event, in the background; what is there already is not stored twice. */
async function addHistory(course: Course): Promise<void> {
  const { demo, config, at, took } = course;
  if (!demo || !course.isTold || !config.demo || demo.hasHistory || config.keepDays > 0) return;
  await tellHistory(demo, at.house, at.signal, took);
  if (course.demo !== demo) return;
  course.demo = { ...demo, hasHistory: true };
  keepDemo(config, course.demo);
}

/** The picture goes on in memory where the past is not laid; nothing waits to be stored then. */
function giveUp(course: Course, error: Error): void {
  if (course.stopping.signal.aborted || (course.share === 1 && course.at.signal.aborted)) return;
  [course.problem = error.message] = error.message.split('\n');
  course.log(error, 'the past of the demo is not there');
  if (course.share === 1) return;
  course.close(`nothing is stored until it is started again: ${course.problem}`);
  dropLaying(course.config);
}

async function endDemo(course: Course): Promise<void> {
  const { config, demo, sources, fanout, tools } = course;
  if (!demo) return;
  const haltedSince = tools.clock();
  await course.at.halt();
  let { house } = course.at;
  try {
    // First: what was made of what will be forgotten is made again, also after a kill.
    await say(house.ledger, KEYS.renewed, { why: 'the demo was ended', time: tools.clock() });
    await house.engine.forgetSimulated();
    putAside(config, demo, tools.clock());
    house = renewed(house);
    course.demo = null;
    await course.changed(house);
    fanout.forget();
  } finally {
    // If it could not be ended it goes on.
    const simulated =
      course.demo && course.isTold ? [telling(worldOf(demo, tools.clock()), demo, house, tools.clock)] : [];
    course.at = await work(house, [...sources, ...simulated], { ...tools, haltedSince });
    fanout.anew();
  }
}

/** Changes a house while nobody works in it, and goes on as after a restart; in what it was, if it cannot be changed. */
async function changeHouse(course: Course, change: (house: House) => House | Promise<House>): Promise<void> {
  const { demo, sources, tools } = course;
  if (!course.isSettled || course.ending)
    throw new NotSettled(
      'the past of the simulated event is still being told; this can be done when it is, in some minutes',
    );
  const since = tools.clock();
  const before = course.at.house;
  // What was told since is told again: a repeat changes nothing.
  const goOn = (house: House) => {
    const simulated = demo && course.isTold ? [telling(worldOf(demo, since), demo, house, tools.clock)] : [];
    return work(house, [...sources, ...simulated], { ...tools, haltedSince: since });
  };
  await course.at.halt();
  try {
    course.at = await goOn(await change(before));
  } catch (error) {
    course.at = await goOn(before);
    throw error;
  }
}

function shownOf({ share, tools, problem, isTold }: Course, demo: Demo): DemoShown {
  const state = share < 1 ? 'laying' : isTold && tools.clock() < endOf(demo) ? 'told' : 'over';
  const { people, start, hasHistory } = demo;
  return {
    state,
    share: Math.min(1, share),
    people,
    from: start - DAY_MS / 2,
    until: endOf(demo),
    hasHistory,
    problem,
  };
}

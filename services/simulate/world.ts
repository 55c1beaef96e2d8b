import { createAir } from './air.ts';
import { createApplause } from './applause.ts';
import { createBeats } from './beats.ts';
import { createCast } from './cast.ts';
import { createCrowd } from './crowd.ts';
import { createFirmware } from './firmware.ts';
import { createGateways, type Gateways } from './gateways.ts';
import { createHands } from './hands.ts';
import { createQueue } from './queue.ts';
import { hash, saltOf } from './random.ts';
import { createScene, goTo } from './scene.ts';
import { createSensors } from './sensors.ts';
import { type Story, tell } from './story.ts';
import type { Told } from './told.ts';
import { createTruth, type Truth } from './truth.ts';
import { createWearing } from './wearing.ts';

export type { Told } from './told.ts';
export type { BadgeTruth, RoomTruth, Truth } from './truth.ts';

const SECOND_MS = 1000;
const MINUTE_S = 60;
/** Seconds before the first one that are played unheard: what is still on its way then. */
const ON_ITS_WAY_S = 10;
/** What was held back in an outage has been sent so long after it, s. */
const SENT_S = 3600;
/** A badge that speaks less often says it several times, so many ms apart. */
const ADVERTS = 3;
const ADVERTS_FROM_S = 10;
const ADVERT_MS = 100;

export type WorldOptions = {
  seed: number;
  /** local midnight, UTC ms: of conference day 1, or of the first Monday of the ordinary weeks */
  start: number;
  people: number;
  /** the conference if not given; in ordinary weeks only the loudest report of each burst is passed on */
  story?: Story['name'];
  /** the first instant of `received` that is told, UTC ms; if not given, noon of day 0, or the first midnight */
  from?: number;
  /** whole seconds between two times that a badge speaks: 1 to 60 (60) */
  everySeconds?: number;
  /** ms between the adverts of one time (100); a badge that is alive for a few seconds each minute has 1000 */
  advertMs?: number;
  /** only every other gateway is there */
  isSparse?: boolean;
  /** without what is planted: see `planted.ts` */
  isPlain?: boolean;
};

/**
 * A world that knows the truth: the same options tell the same, however `advance` is called, and a world that begins
 * later tells what one that began earlier tells from then on. It keeps a day of plans and a few hours of air.
 */
export type World = {
  /** What is received in [now, until), UTC ms, in order. What is not taken is told by the next call. */
  advance(until: number): Iterable<Told>;
  /** What was so in a whole second, UTC ms. Asked for in order, it costs least. */
  truth(second: number): Truth;
  /** up to here all is told, UTC ms */
  readonly now: number;
  /** badges' MACs, by person */
  readonly macs: readonly string[];
  /** Is the radio of a badge always off? */
  isSilent(mac: string): boolean;
};

export function createWorld(options: WorldOptions): World {
  const { seed, people } = options;
  const crowd = createCrowd(seed, people);
  const story = tell(options.story ?? 'conference', options.start, !options.isPlain, crowd);
  const cast = createCast(seed, story, crowd);
  const applause = createApplause(seed, story.sessions);
  const known = { seed, story, crowd, cast, applause };
  const silent = new Set(cast.macs.filter((_, person) => cast.isSilent[person]));
  const from = options.from ?? story.epoch + story.opens * SECOND_MS;
  const play = createStage(known, options, Math.floor((from - story.epoch) / SECOND_MS));
  let ready: Played = { until: Number.NEGATIVE_INFINITY, told: [] };
  let next = 0;
  let now = from;
  return {
    *advance(until) {
      for (;;) {
        while (next < ready.told.length && ready.told[next]!.received < until) {
          const told = ready.told[next]!;
          next += 1;
          if (told.received >= from) yield told;
        }
        if (next < ready.told.length || ready.until >= until) break;
        ready = play();
        next = 0;
      }
      now = Math.max(now, until);
    },
    truth: createTruth(known),
    get now() {
      return now;
    },
    macs: cast.macs,
    isSilent: (mac) => silent.has(mac),
  };
}

/** What was received up to `until`, UTC ms, and not before the time before. */
type Played = { until: number; told: Told[] };
type Known = Parameters<typeof createTruth>[0];

/** Plays second after second, and takes out what was received in it. */
function createStage(
  { seed, story, crowd, cast, applause }: Known,
  options: WorldOptions,
  first: number,
): () => Played {
  const { everySeconds = 60, advertMs = ADVERT_MS, isSparse = false } = options;
  const gateways = createGateways(seed, story);
  let second = firstSecond(gateways, first);
  const scene = createScene(story, crowd, second);
  const wearing = createWearing(seed, cast, scene);
  const firmware = createFirmware(seed, cast, scene, wearing, createHands(seed, applause, scene));
  const adverts = everySeconds < ADVERTS_FROM_S ? 1 : ADVERTS;
  const air = { adverts, advertMs, isSparse, isLoudestOnly: story.name === 'weeks' };
  const burst = createAir(seed, air, { cast, scene, wearing, firmware, gateways });
  const beats = createBeats(seed, story, gateways);
  const sense = createSensors(seed, scene);
  const turns = turnsOf(seed, crowd.people, everySeconds);
  const queue = createQueue<Told>();

  return () => {
    if (story.isAsleep(second) && queue.waiting === 0) {
      second += MINUTE_S - (second % MINUTE_S);
      return { until: story.epoch + second * SECOND_MS, told: [] };
    }
    goTo(scene, second);
    if (!story.isAsleep(second)) {
      for (const person of turns[second % everySeconds]!) burst(person, second, queue.put);
      beats(second, queue.put);
      sense(second, queue.put);
    }
    const told = queue.take(story.epoch / SECOND_MS + second);
    second += 1;
    return { until: story.epoch + second * SECOND_MS, told };
  };
}

/** In an outage what comes next depends on what is held back: it is played from its beginning. */
function firstSecond(gateways: Gateways, second: number): number {
  const outages = gateways.ids.flatMap((_, gateway) => gateways.outage(gateway) ?? []);
  const open = outages.filter(({ from, until }) => from < second && second < until + SENT_S).map(({ from }) => from);
  return Math.max(0, Math.min(second - ON_ITS_WAY_S, ...open));
}

/** People by the second, of `every`, in which their badge speaks. */
function turnsOf(seed: number, people: number, every: number): Int32Array[] {
  const salt = saltOf(seed, 'turns');
  const turns: number[][] = Array.from({ length: every }, () => []);
  for (let person = 0; person < people; person += 1) turns[hash(salt, person) % every]!.push(person);
  return turns.map((turn) => Int32Array.from(turn));
}

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
import { type Story, tell } from './story.ts';
import type { Told } from './told.ts';
import { createTruth, type Truth } from './truth.ts';
import { createWearing } from './wearing.ts';

export type { Told } from './told.ts';
export type { Truth } from './truth.ts';

const SECOND_MS = 1000;
/** Seconds before the first one that are played unheard: what is still on its way then. */
const ON_ITS_WAY_S = 10;
/** A badge that speaks less often says it several times, so many ms apart. */
const ADVERTS = 3;
const ADVERTS_FROM_S = 10;
const ADVERT_MS = 100;

export type WorldOptions = {
  seed: number;
  /** local midnight, UTC ms: of conference day 1, or of the first Monday of the ordinary weeks */
  start: number;
  people: number;
  story?: Story['name'];
  /** the first instant of `received` that is told, UTC ms; if not given, noon of day 0, or the first midnight */
  from?: number;
  /** whole seconds between two times that a badge speaks: 1 to 60 */
  everySeconds?: number;
  /** ms between the adverts of one time; a badge that is alive for a few seconds each minute has 1000 */
  advertMs?: number;
  /** only every other gateway is there */
  isSparse?: boolean;
  /** dB added to what badges send */
  powerDb?: number;
  /** without what is planted: see `planted.ts` */
  isPlain?: boolean;
};

/**
 * A world that knows the truth: the same options tell the same, however `advance` is called, and a world that begins
 * later tells what one that began earlier tells from then on. It keeps one day of plans and an hour or three of air.
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
  const { seed, start, people, everySeconds = 60 } = options;
  const crowd = createCrowd(seed, people);
  const story = tell(options.story ?? 'conference', start, !options.isPlain, crowd);
  const cast = createCast(seed, story, crowd);
  const gateways = createGateways(seed, story);
  const applause = createApplause(seed, story.sessions);
  const from = options.from ?? story.epoch + story.opens * SECOND_MS;
  let second = firstSecond(gateways, Math.floor((from - story.epoch) / SECOND_MS));
  const scene = createScene(story, crowd, second);
  const wearing = createWearing(seed, cast, scene);
  const firmware = createFirmware(seed, cast, scene, wearing, createHands(seed, applause, scene));
  const adverts = everySeconds < ADVERTS_FROM_S ? 1 : ADVERTS;
  const air = createAir(
    seed,
    {
      adverts,
      advertMs: options.advertMs ?? ADVERT_MS,
      powerDb: options.powerDb ?? 0,
      isSparse: options.isSparse ?? false,
    },
    { cast, scene, wearing, firmware, gateways },
  );
  const beats = createBeats(seed, story.epoch, gateways);
  const turns = turnsOf(seed, people, everySeconds);
  const queue = createQueue<Told>();
  const silent = new Set(cast.macs.filter((_, person) => cast.isSilent[person]));
  let ready: Told[] = [];
  let next = 0;
  let now = from;

  /** Plays one second, and takes out what was received in it. */
  function play(): void {
    goTo(scene, second);
    for (const person of turns[second % everySeconds]!) air.burst(person, second, queue.put);
    beats(second, queue.put);
    ready = queue.take(story.epoch / SECOND_MS + second);
    next = 0;
    second += 1;
  }

  return {
    *advance(until) {
      for (;;) {
        while (next < ready.length && ready[next]!.received < until) {
          const told = ready[next]!;
          next += 1;
          if (told.received >= from) yield told;
        }
        if (next < ready.length || story.epoch + second * SECOND_MS >= until) break;
        play();
      }
      now = Math.max(now, until);
    },
    truth: createTruth({ seed, story, crowd, cast, applause }),
    get now() {
      return now;
    },
    macs: cast.macs,
    isSilent: (mac) => silent.has(mac),
  };
}

/** In an outage what comes next depends on what is held back: it is played from its beginning. */
function firstSecond(gateways: Gateways, second: number): number {
  const outages = gateways.ids.flatMap((_, gateway) => gateways.outage(gateway) ?? []);
  const open = outages.filter(({ from, until }) => from < second && second < until + 600).map(({ from }) => from);
  return Math.max(0, Math.min(second - ON_ITS_WAY_S, ...open));
}

/** People by the second, of `every`, in which their badge speaks. */
function turnsOf(seed: number, people: number, every: number): Int32Array[] {
  const salt = saltOf(seed, 'turns');
  const turns: number[][] = Array.from({ length: every }, () => []);
  for (let person = 0; person < people; person += 1) turns[hash(salt, person) % every]!.push(person);
  return turns.map((turn) => Int32Array.from(turn));
}

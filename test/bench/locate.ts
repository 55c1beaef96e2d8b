import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { createFramer } from '../../services/locate/frames.ts';
import { createLocator } from '../../services/locate/locate.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { k, tell } from './figure.ts';
import { GATEWAYS, venue } from './venue.ts';

const START_MS = Date.UTC(2018, 10, 5, 9);
const RUNS = 3;

/** Badges, gateways that hear each packet, pause between two packets in ms, and how long the world lasts in s. */
type World = { name: string; badges: number; heardBy: number; pauseMs: number; seconds: number };

const WORLDS: World[] = [
  { name: '300 badges once a second', badges: 300, heardBy: 4, pauseMs: 1000, seconds: 600 },
  { name: '100 badges ten times a second', badges: 100, heardBy: 3, pauseMs: 100, seconds: 240 },
  { name: '5,000 badges once a minute', badges: 5000, heardBy: 4, pauseMs: 60_000, seconds: 1200 },
];

/**
 * Prints, for each world, sightings a second of `take` + `tick`: by the clock, and by the processor time of this process,
 * which a busy machine does not spoil; the same with a whole frame a second; beside them the bare loop that feeds them. The best of three runs each.
 */
export async function benchLocate(worlds: World[] = WORLDS): Promise<void> {
  for (const world of worlds) {
    const seconds = sightingsOf(world);
    const bare = best(seconds, bareLoop);
    const located = best(seconds, () => createLocator(venue()));
    const framed = best(seconds, () => createFramer(venue()));
    const run = `${k(located.clock)}, ${k(located.core)} of a core, ${k(framed.core)} with frames`;
    tell({ measure: `locate, ${world.name}`, run, beside: `${k(bare.clock)} the bare loop that feeds it` });
  }
}

/** Reads each sighting and does nothing with it. */
function bareLoop(): Taker {
  const heard = { loudest: -127 };
  return {
    take(sighting) {
      if (sighting.rssi > heard.loudest) heard.loudest = sighting.rssi;
    },
    tick: () => heard,
  };
}

type Taker = { take(sighting: Sighting): void; tick(second: number): unknown };

/** The best of the runs, sightings a second. */
function best(seconds: Sighting[][], make: () => Taker): { clock: number; core: number } {
  const n = seconds.flat().length;
  const runs = Array.from({ length: RUNS }, () => {
    const taker = make();
    const [began, used] = [performance.now(), process.cpuUsage()];
    for (const [i, sightings] of seconds.entries()) {
      for (const sighting of sightings) taker.take(sighting);
      taker.tick(START_MS + (i + 1) * 1000);
    }
    const { user, system } = process.cpuUsage(used);
    return { clock: (1e3 * n) / (performance.now() - began), core: (1e6 * n) / (user + system) };
  });
  return { clock: Math.max(...runs.map((run) => run.clock)), core: Math.max(...runs.map((run) => run.core)) };
}

/** What is received in each second: badges go round the gateways, the nearest are heard best, with noise. */
function sightingsOf({ badges, heardBy, pauseMs, seconds }: World): Sighting[][] {
  const random = seeded(1);
  const ids = Array.from({ length: badges }, (_, i) => `k1.${String(i).padStart(16, '0')}`);
  const world: Sighting[][] = Array.from({ length: seconds }, () => []);
  for (const [b, badge] of ids.entries()) {
    for (let ms = Math.floor(random() * pauseMs); ms < seconds * 1000; ms += pauseMs) {
      const at = b + ms / 60_000;
      for (let g = 0; g < heardBy; g += 1) {
        const rssi = Math.round(-60 - 6 * g + 12 * (random() - 0.5));
        const received = START_MS + ms + g + 1;
        world[Math.min(seconds - 1, Math.floor((ms + g) / 1000))]!.push(
          sighting(badge, Math.floor(at) + g, rssi, received),
        );
      }
    }
  }
  for (const second of world) second.sort((a, b) => a.received - b.received);
  return world;
}

const sighting = (badge: string, gateway: number, rssi: number, received: number): Sighting => ({
  kind: 'sighting',
  time: received,
  received,
  gateway: `gateway-${gateway % GATEWAYS}`,
  badge,
  rssi,
  temperature: null,
  claps: null,
  battery: null,
  simulated: true,
});

/** Mulberry32: numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchLocate();

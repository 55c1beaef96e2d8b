import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_MAX, type Batch, type Receipt } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import type { Told } from '../simulate/told.ts';
import { type Context, createReader, type Reader } from '../validate/reader.ts';
import type { Source } from './source.ts';

/** Time for a world: what it is now (UTC ms), and waiting, which a stop ends at once. */
export type Clock = { now(): number; wait(ms: number, signal: AbortSignal): Promise<void> };

export const systemClock: Clock = {
  now: Date.now,
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** How often a world is asked for news, ms. */
const TICK_MS = 100;

/** A world, as far as it tells (`createWorld`). */
export type Teller = { readonly now: number; advance(until: number): Iterable<Told> };

export type Pace = {
  clock?: Clock;
  /** seconds of the world to one of the clock; 1: its time is the clock's; Infinity: as fast as it is taken */
  speed?: number;
  /** the first instant that is not told any more, UTC ms */
  until?: number;
  /** told of each batch that is safe: how many observations, and up to which instant of the world all is, UTC ms */
  report?: (observations: number, until: number) => void;
};

/**
 * A simulated world as a source: what it tells is yielded as it comes due. At speed 1 what is overdue when it begins
 * comes at once. It ends with the world, at `until`.
 */
export function simulateSource(world: Teller, context: Context, pace: Pace = {}): Source {
  const { clock = systemClock, speed = 1, until = Number.POSITIVE_INFINITY, report = () => {} } = pace;
  return async function* (signal) {
    const batches = createBatches(context);
    const [began, anchor] = [clock.now(), speed === 1 ? clock.now() : world.now];
    const due = () =>
      Math.min(until, speed === Number.POSITIVE_INFINITY ? until : anchor + (clock.now() - began) * speed);
    while (!signal.aborted && world.now < until) {
      const batch = batches(world.advance(due()));
      if (batch.observations.length + batch.rejects.length > 0) {
        const receipt: Receipt | undefined = yield batch;
        if (!receipt) return;
        report(batch.observations.length, world.now);
      } else if (world.now < until) await clock.wait(TICK_MS, signal);
    }
  };
}

/** Reads at most a batch of what is told. What a world says is in its stored form already, but for the badges' names. */
export function createBatches(context: Context): (told: Iterable<Told>) => Batch {
  const reader = createReader({ ...context, received: 'recorded' });
  return (told) => {
    const batch: Batch = { observations: [], rejects: [] };
    for (const one of told) {
      const observation = one.body.time < context.keepFrom ? undefined : stored(one, context.pseudonym);
      if (observation) batch.observations.push(observation);
      else read(one, reader, batch);
      if (batch.observations.length >= BATCH_MAX) break;
    }
    return batch;
  };
}

/** Undefined where there is more to it. */
function stored({ received, body }: Told, pseudonym: Context['pseudonym']): Observation | undefined {
  if (body.kind === 'sighting') {
    const { kind, time, gateway, badge, rssi, temperature, claps, simulated } = body;
    const name = pseudonym(badge, time);
    return { kind, time, received, gateway, badge: name, rssi, temperature, claps, battery: null, simulated };
  }
  if (body.kind === 'measurement') return undefined;
  const { kind, time, gateway, status, info, simulated } = body;
  return info ? undefined : { kind, time, received, gateway, status, info: null, simulated };
}

/** As anybody's line. */
function read({ received, body }: Told, reader: Reader, batch: Batch): void {
  reader.push(Buffer.from(`${JSON.stringify({ ...body, received })}\n`));
  const { observations, rejects } = reader.drain();
  for (const observation of observations) batch.observations.push(observation);
  for (const reject of rejects) batch.rejects.push(reject);
}

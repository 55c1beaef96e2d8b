import { randomUUID } from 'node:crypto';
import { tell } from '../../services/deliver/send.ts';
import { TRIAL_KEY, type Trial } from '../../services/ledger/deliveries.ts';
import { say, valueAt } from '../../services/ledger/runs.ts';
import { SILENCE_KEY, type Silence } from '../../services/ledger/untold.ts';
import type { Destination } from '../../services/model/destination.ts';
import { type Holder, takeLock } from '../lock.ts';
import { announce, lookForRest, newsFor, tellRest } from './announce.ts';
import { deliver, lookFor } from './deliver.ts';
import type { Depot } from './parcel.ts';
import { retryAt } from './plan.ts';
import { lookForTidings, tellTiding } from './tidings.ts';

/** A destination and those who may send to it. */
export type Lane = Depot &
  Pick<Holder, 'owner' | 'leaseMs'> & {
    destination: Destination;
    /** it is told of failures */
    announces: boolean;
    signal: AbortSignal;
    failed(error: unknown, words: string): void;
  };

/** Does all that is due for one destination, unless another process does. `work` resolves to when to look again, UTC ms. */
export function createLane(lane: Lane): { work(): Promise<number | null> } {
  const { destination, ledger, now } = lane;
  /** News that nobody could be told rest, over a new process too. */
  const silence = async () =>
    (await valueAt<Silence>(ledger, SILENCE_KEY(destination.name))) ?? { failures: 0, until: 0 };
  const news = async () =>
    lane.announces && now() >= (await silence()).until ? newsFor(destination.name, lane) : null;

  async function work(): Promise<number | null> {
    const found = await lookFor(destination.name, lane);
    const tidings = await lookForTidings(destination.name, lane);
    const trial = await valueAt<Trial>(ledger, TRIAL_KEY(destination.name));
    const rest = await lookForRest(destination.name, lane);
    if (!('due' in found) && !('due' in tidings) && !('due' in rest) && trial?.state !== 'asked' && !(await news()))
      return soonest(found.wait, tidings.wait, rest.wait, (await silence()).until);
    const held = await takeLock({ ...lane, key: `lock/deliver/${destination.name}` });
    if (!('fence' in held)) return held.until;
    try {
      return await doAll(AbortSignal.any([lane.signal, held.lost]));
    } finally {
      await held.release();
    }
  }

  async function doAll(signal: AbortSignal): Promise<number | null> {
    for (;;) {
      await tryOut(signal);
      // What rules say is for now: files can wait.
      const tidings = await lookForTidings(destination.name, lane);
      if ('due' in tidings) await tellTiding(destination, tidings.due, lane, signal);
      const found = await lookFor(destination.name, lane);
      if ('due' in found) await deliver(destination, found.due, lane, signal);
      await tellNews(signal);
      const rest = await lookForRest(destination.name, lane);
      if ('due' in rest) await tellRest(destination, rest.due, lane, signal);
      else if (!('due' in found) && !('due' in tidings))
        return soonest(found.wait, tidings.wait, rest.wait, (await silence()).until);
    }
  }

  async function tryOut(signal: AbortSignal): Promise<void> {
    const key = TRIAL_KEY(destination.name);
    if ((await valueAt<Trial>(ledger, key))?.state !== 'asked') return;
    const subject = 'This is a test of Hallway: what goes to this destination arrives.';
    const message = { id: randomUUID(), type: 'test', subject, lines: [], page: lane.publicUrl, body: { test: true } };
    const error = await tell(destination, message, { done: new Set(), signal }).catch((error: Error) => error);
    signal.throwIfAborted();
    await say(ledger, key, { state: error ? 'failed' : 'done', error: error?.message ?? null } satisfies Trial);
  }

  async function tellNews(signal: AbortSignal): Promise<void> {
    const untold = await news();
    if (!untold) return;
    try {
      await announce(destination, untold, lane, signal);
      await hush({ failures: 0, until: 0 });
    } catch (error) {
      signal.throwIfAborted();
      const failures = (await silence()).failures + 1;
      await hush({ failures, until: retryAt(failures, now(), error) ?? now() + SILENCE_MS });
      lane.failed(error, `${destination.name} could not be told of failures`);
    }
  }

  const hush = (value: Silence) => say(ledger, SILENCE_KEY(destination.name), value);
  return { work };
}

/** Who cannot be told of failures for long is tried so often, ms. */
const SILENCE_MS = 86_400_000;

const soonest = (...times: (number | null)[]): number | null => {
  const found = times.filter((time) => time !== null && time > 0) as number[];
  return found.length > 0 ? Math.min(...found) : null;
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Took } from '../model/batch.ts';
import type { Source } from '../source/source.ts';
import type { Store } from '../store/store.ts';

const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 10_000;

/** What a river flows into. */
export type Into = Pick<Store, 'append'>;

/**
 * One source into the store until it ends or `signal` aborts. The store is awaited before the source is asked again:
 * back-pressure is the absence of a question. Throws what the store or the source throws; the source has let go then.
 */
export async function flow(source: Source, store: Into, signal: AbortSignal, took: Took = () => {}): Promise<void> {
  const batches = source(signal);
  try {
    let step = await batches.next();
    while (!step.done) {
      const began = performance.now();
      const receipt = await store.append(step.value);
      took(step.value, receipt, performance.now() - began);
      step = await batches.next(receipt);
    }
  } finally {
    await batches.return();
  }
}

export type Watch = {
  took?: Took;
  failed?: (error: unknown, pauseMs: number) => void;
  /** what no waiting mends, and is thrown */
  isFinal?: (error: unknown) => boolean;
};

/** A source that never ends: what fails is said, and tried again after a pause with jitter, for ever. */
export async function river(
  source: Source,
  store: Into,
  signal: AbortSignal,
  { took = () => {}, failed = () => {}, isFinal = () => false }: Watch = {},
): Promise<void> {
  let pauseMs = PAUSE_FIRST_MS;
  const well: Took = (...batch) => {
    pauseMs = PAUSE_FIRST_MS;
    took(...batch);
  };
  while (!signal.aborted) {
    try {
      return await flow(source, store, signal, well);
    } catch (error) {
      if (isFinal(error)) throw error;
      failed(error, pauseMs);
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    }
  }
}

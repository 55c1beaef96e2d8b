import type { Took } from '../model/batch.ts';
import type { Reject } from '../model/reject.ts';
import type { Into } from './river.ts';

/** Rejects that wait for the store at most; those beyond stand among the dead letters alone. */
const WAITING_MAX = 10_000;

/**
 * What comes in goes into Kafka, what did not pass among its dead letters: then it is safe. That shows in the store too
 * as soon as the store takes it, which nobody waits for.
 */
export function throughKafka(kafka: Into, store: Into, took: Took, failed: (error: unknown) => void): Into {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const show = async (rejects: Reject[]) => {
    const refused = { observations: [], rejects };
    const began = performance.now();
    took(refused, await store.append(refused), performance.now() - began);
  };
  const showLater = (rejects: Reject[]) => {
    if (waiting + rejects.length > WAITING_MAX) return;
    waiting += rejects.length;
    last = last
      .then(() => show(rejects))
      .catch(failed)
      .finally(() => {
        waiting -= rejects.length;
      });
  };
  return {
    async append(batch) {
      const receipt = await kafka.append(batch);
      if (batch.rejects.length > 0) showLater(batch.rejects);
      return receipt;
    },
  };
}

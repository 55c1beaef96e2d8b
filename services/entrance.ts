import type { Took } from './model/batch.ts';
import type { Store } from './store/store.ts';

/** What comes in goes into Kafka; what did not pass goes into the store, for Kafka would only bring it there. */
export const throughKafka = (kafka: Store, store: Store, took: Took): Store => ({
  ...kafka,
  async append(batch) {
    const { observations, rejects } = batch;
    if (rejects.length > 0) {
      const refused = { observations: [], rejects };
      const began = performance.now();
      took(refused, await store.append(refused), performance.now() - began);
    }
    if (observations.length === 0) return { position: 0, stored: 0, duplicates: new Uint32Array() };
    return kafka.append({ observations, rejects: [] });
  },
});

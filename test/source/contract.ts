import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Receipt } from '../../services/model/batch.ts';
import type { Source } from '../../services/source/source.ts';
import { flow, type Into } from '../../services/work/river.ts';

/** A source under test, and the sender behind it. */
export type Harness = {
  source: Source;
  /** `count` new observations become available */
  offer(count: number): void;
  /** observations that the sender has been told are safe */
  acked(): number;
  /** nothing is held any more: no open file, no waiting sender */
  released(): boolean;
};

/** A store that keeps batches in a list, and can be made slow or made to fail. */
function memoryStore({ slowMs = 0, failing = () => false }: { slowMs?: number; failing?: () => boolean } = {}) {
  const batches: Batch[] = [];
  let busy = 0;
  let busiest = 0;
  const append = async (batch: Batch): Promise<Receipt> => {
    busiest = Math.max(busiest, ++busy);
    await sleep(slowMs);
    busy--;
    if (failing()) throw new Error('the disk is full');
    batches.push(batch);
    return { position: batches.length, stored: batch.observations.length, duplicates: new Uint32Array() };
  };
  return {
    store: { append },
    batches,
    count: () => batches.reduce((n, b) => n + b.observations.length, 0),
    busiest: () => busiest,
  };
}

const until = async (test: () => boolean, ms = 60_000) => {
  for (const end = Date.now() + ms; !test(); await sleep(5)) assert.ok(Date.now() < end, `not within ${ms} ms`);
};

/** What every source promises. `ends` says that it ends by itself (a file). */
export function sourceContract(name: string, make: () => Harness): void {
  describe(`source ${name}`, () => {
    it('yields what is offered and acknowledges it once it is stored', async () => {
      const harness = make();
      const { store, count } = memoryStore();
      const stop = new AbortController();
      const flowing = flow(harness.source, store, stop.signal);
      harness.offer(25);
      await until(() => harness.acked() === 25);
      assert.equal(count(), 25);
      stop.abort();
      await flowing;
      await until(() => harness.released());
    });

    it('a stop after a stored batch: that batch is acknowledged, no other is', async () => {
      const harness = make();
      const stop = new AbortController();
      const { store, count } = memoryStore({ slowMs: 20 });
      const stopsWhenStored: Into = {
        ...store,
        append: async (batch) => {
          const receipt = await store.append(batch);
          stop.abort();
          return receipt;
        },
      };
      harness.offer(10);
      await flow(harness.source, stopsWhenStored, stop.signal);
      assert.ok(count() > 0);
      await until(() => harness.acked() >= count());
      await sleep(10);
      assert.equal(harness.acked(), count());
      await until(() => harness.released());
    });

    it('a store that throws: nothing of that batch is acknowledged, all is let go', async () => {
      const harness = make();
      const { store } = memoryStore({ failing: () => true });
      harness.offer(10);
      await assert.rejects(flow(harness.source, store, new AbortController().signal), /the disk is full/);
      await sleep(10);
      assert.equal(harness.acked(), 0);
      await until(() => harness.released());
    });

    it('a stop while waiting ends it at once', async () => {
      const harness = make();
      const stop = new AbortController();
      const { store, count } = memoryStore();
      const flowing = flow(harness.source, store, stop.signal);
      await sleep(30);
      stop.abort();
      await Promise.race([flowing, sleep(30_000, undefined, { ref: false }).then(() => assert.fail('it did not end'))]);
      assert.equal(count(), 0);
      await until(() => harness.released());
    });

    it('a slow store is asked for one batch at a time, and gets all of them', async () => {
      const harness = make();
      const { store, count, busiest } = memoryStore({ slowMs: 20 });
      const stop = new AbortController();
      const flowing = flow(harness.source, store, stop.signal);
      for (let i = 0; i < 5; i++) {
        harness.offer(7);
        await sleep(8);
        assert.ok(harness.acked() <= count());
      }
      await until(() => harness.acked() === 35);
      assert.equal(count(), 35);
      assert.equal(busiest(), 1);
      stop.abort();
      await flowing;
    });
  });
}

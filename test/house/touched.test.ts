import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noticing } from '../../services/house/touched.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { KEYS, type Touched, valueAt } from '../../services/ledger/runs.ts';
import type { Batch, Receipt } from '../../services/model/batch.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Store } from '../../services/store/store.ts';

/** In Berlin it is the 26th, 00:14: the 25th, of 25 hours, is due in a minute. */
const NOW = Date.parse('2026-10-25T23:14:00Z');
const at = (text: string) => ({ kind: 'heartbeat', time: Date.parse(text) }) as Observation;

function scene(receiptOf: (batch: Batch) => Receipt = ({ observations }) => receipt(observations.length)) {
  const ledger = memoryLedger();
  const clock = { now: NOW };
  const opened: (Touched | null)[] = [];
  const store = {
    async append(batch: Batch) {
      opened.push(await valueAt<Touched>(ledger, KEYS.touched('2026-10-24')));
      return receiptOf(batch);
    },
  } as Store;
  const notice = () => noticing(store, ledger, 'Europe/Berlin', { now: () => clock.now });
  const days = async () =>
    (await ledger.list('touched/')).map(({ key, version, value }) => ({
      day: key.slice(8),
      version,
      ...(value as Touched),
    }));
  return { ledger, clock, notice, days, opened };
}
const receipt = (stored: number, duplicates: number[] = []): Receipt => ({
  position: 1,
  stored,
  duplicates: Uint32Array.from(duplicates),
});

describe('a store that notices', () => {
  it('append(batch) notes days that are due before it stores, and none that is not due yet', async () => {
    const { notice, days, opened, clock } = scene();
    const { store, close } = await notice();
    await store.append({ observations: [at('2026-10-25T22:59:00Z'), at('2026-10-26T12:00:00Z')], rejects: [] });
    assert.deepEqual(await days(), []);
    await store.append({ observations: [at('2026-10-24T21:59:59Z'), at('2026-10-24T22:00:00Z')], rejects: [] });
    assert.deepEqual(
      await days(),
      ['2026-10-24', '2026-10-25'].map((day) => ({ day, version: 1, open: true, since: 1 })),
    );
    assert.deepEqual(opened, [null, { open: true, since: 1 }]);
    clock.now += 60_000;
    await store.append({
      observations: [at('2026-10-25T22:59:59Z'), at('2026-10-24T10:00:00Z')],
      rejects: [],
      past: true,
    });
    await close();
    assert.deepEqual(await days(), [
      { day: '2026-10-24', version: 2, open: false, since: 2 },
      { day: '2026-10-25', version: 2, open: false, since: 2 },
    ]);
  });

  it('a day to which nothing new came counts as it did before', async () => {
    const { notice, days, ledger } = scene(({ observations }) => receipt(observations.length - 1, [0]));
    await ledger.put(KEYS.touched('2026-10-23'), 1, { open: false, since: 1 });
    const { store, close } = await notice();
    await store.append({ observations: [at('2026-10-23T10:00:00Z'), at('2026-10-24T10:00:00Z')], rejects: [] });
    await close();
    assert.deepEqual(await days(), [
      { day: '2026-10-23', version: 3, open: false, since: 1 },
      { day: '2026-10-24', version: 2, open: false, since: 2 },
    ]);
  });

  it('a day that is not over is noted too where data is older than windows wait for; one that is written to on and on is noted every 5 minutes', async () => {
    const { notice, days, clock } = scene();
    const { store, close } = await notice();
    const late = { observations: [at('2026-10-25T23:05:00Z')], rejects: [] };
    await store.append(late);
    assert.deepEqual(await days(), [], 'nine minutes');
    clock.now += 7 * 60_000;
    await store.append(late);
    assert.deepEqual(await days(), [{ day: '2026-10-26', version: 1, open: true, since: 1 }]);
    clock.now += 5 * 60_000;
    await store.append(late);
    await close();
    assert.deepEqual(await days(), [{ day: '2026-10-26', version: 2, open: false, since: 2 }]);
  });

  it('what could not be stored, and what a kill has left open, counts as written to', async () => {
    const { notice, days } = scene(() => {
      throw new Error('disk full');
    });
    const { store } = await notice();
    await assert.rejects(store.append({ observations: [at('2026-10-24T10:00:00Z')], rejects: [] }), /disk full/);
    assert.deepEqual(await days(), [{ day: '2026-10-24', version: 1, open: true, since: 1 }]);
    await notice();
    assert.deepEqual(await days(), [{ day: '2026-10-24', version: 2, open: false, since: 1 }]);
  });
});

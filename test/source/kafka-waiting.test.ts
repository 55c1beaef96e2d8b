import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { BATCH_MAX } from '../../services/model/batch.ts';
import { commit } from '../../services/source/kafka/commit.ts';
import type { State } from '../../services/source/kafka/member.ts';
import { newPart } from '../../services/source/kafka/part.ts';
import { readMessages } from '../../services/source/kafka/read.ts';
import { createWaiting, Ended } from '../../services/source/kafka/waiting.ts';
import { context } from './kafka-broker.ts';

const LINES = 1000;
const TOPIC = 'observations';
const line = JSON.stringify({ sensor: 's', quantity: 'light', value: 1, time: Date.UTC(2026, 10, 3) });

/** Messages as a fetch brings them, each of a thousand observations. */
const fetched = (count: number) => ({
  topic: TOPIC,
  partition: 0,
  generation: 1,
  messages: Array.from(
    { length: count },
    (_, i) =>
      ({
        offset: String(i),
        timestamp: String(Date.UTC(2026, 10, 3) + i),
        value: Buffer.from(`${line}\n`.repeat(LINES)),
      }) as KafkaMessage,
  ),
});

describe('what Kafka has brought, on its way to the store', () => {
  it('is read no further than two batches ahead of a store that takes nothing, and goes on when it does', async () => {
    const waiting = createWaiting();
    let read = 0;
    const counting = (source: string, received: number) => {
      read += 1;
      return context(source, received);
    };
    const reading = readMessages(fetched(100), counting, waiting);
    for (let i = 0; i < 50; i++) await turn();
    assert.ok(read * LINES <= 3 * BATCH_MAX + LINES, `${read} messages of ${LINES}`);
    let taken = 0;
    while (taken < 100 * LINES)
      for (const { part, done } of await waiting.take()) {
        taken += part.observations.length;
        done();
      }
    await reading;
    assert.equal(read, 100);
  });

  it('is not committed where it came by an older assignment: whoever has the partition now has it again', async () => {
    const waiting = createWaiting();
    const committed: unknown[] = [];
    const payload = {
      commitOffsetsIfNecessary: async (offsets: unknown) => void committed.push(offsets),
      resolveOffset: () => undefined,
    } as unknown as EachBatchPayload;
    const state: State = {
      topic: TOPIC,
      reading: new Map([[0, payload]]),
      generation: 2,
      partitions: [0],
      passed: new Map(),
      progress: 0,
    };
    const at = { topic: TOPIC, partition: 0, offset: 7, timestamp: 0 };
    const [settled, held] = [[] as string[], [] as { generation: number }[]];
    const safe = [1, 2].map((generation) => ({
      part: { ...newPart(at, generation), next: 7 + generation },
      done: () => void settled.push(`${generation} done`),
      fail: (error: unknown) => void settled.push(`${generation} ${error instanceof Ended ? 'given back' : error}`),
    }));
    const ours = await commit(state, safe, waiting);
    held.push(...ours.map(({ part }) => part));
    assert.deepEqual(settled, ['1 given back', '2 done']);
    assert.deepEqual(
      held.map(({ generation }) => generation),
      [2],
    );
    assert.deepEqual(committed, [{ topics: [{ topic: TOPIC, partitions: [{ partition: 0, offset: '9' }] }] }]);
    assert.equal(state.passed.get(0), 9);
  });
});

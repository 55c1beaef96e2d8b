import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import kafkajs, { type EachBatchPayload } from 'kafkajs';
import { createLink } from '../../services/source/kafka/link.ts';
import type { Settled } from '../../services/source/kafka/options.ts';
import { kafkaSource } from '../../services/source/kafka.ts';
import { flow } from '../../services/work/river.ts';
import { committedOf, context, forgetTopics, noKafka, produce, rowStore, topics, until } from './kafka-broker.ts';

after(forgetTopics);

/** A client whose first commit fails as it does where the broker just went away: kafkajs goes on with the group as it is. */
function failingOnce(settled: Settled) {
  const link = createLink(settled);
  const made = link.kafka.consumer.bind(link.kafka);
  let fails = 1;
  const failing = (payload: EachBatchPayload): EachBatchPayload => ({
    ...payload,
    async commitOffsetsIfNecessary(offsets) {
      if (fails-- > 0) throw new kafkajs.KafkaJSError('the broker went away');
      return payload.commitOffsetsIfNecessary(offsets);
    },
  });
  link.kafka.consumer = (config) => {
    const consumer = made(config);
    const run = consumer.run.bind(consumer);
    consumer.run = ({ eachBatch, ...how } = {}) =>
      run({ ...how, eachBatch: (payload) => eachBatch!(failing(payload)) });
    return consumer;
  };
  return link;
}

it('what was stored and not committed comes again, and is committed though nothing more is sent', {
  skip: noKafka,
  timeout: 60_000,
}, async () => {
  const kafka = await topics({ partitions: 1 });
  const value = JSON.stringify({ sensor: 's', quantity: 'light', value: 1, time: Date.UTC(2026, 10, 3) });
  await produce(kafka, [{ value }, { value }]);
  const { store, rows } = rowStore();
  const stop = new AbortController();
  const flowing = flow(kafkaSource(kafka, context, { createLink: failingOnce }), store, stop.signal);
  try {
    await until(async () => (await committedOf(kafka))[0] === 2);
    assert.deepEqual([...new Set(rows.map(({ position }) => position))], [0, 1]);
  } finally {
    stop.abort();
    await flowing;
  }
});

import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_MAX, type Batch } from '../../model/batch.ts';
import { chunks } from '../../source/kafka/letters.ts';
import type { Settled } from '../../source/kafka/options.ts';
import { WrongTopic } from '../../source/kafka.ts';
import { type KafkaProducer, kafkaProducer } from '../../source/kafka-producer.ts';
import { createBatches } from '../../source/simulate.ts';
import type { Pseudonymiser } from '../../validate/context.ts';
import { Failed } from '../command.ts';
import type { Target } from './target.ts';

const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;

/**
 * Into the topic `observations`, badges by their pseudonyms: what Hallway produces holds no MAC. What Kafka may have not
 * taken is sent again; who reads it stores it once.
 */
export function kafkaTarget(kafka: Settled, pseudonym: Pseudonymiser): Target {
  const { brokers, prefix } = kafka;
  const read = createBatches({ source: 'simulate', received: 'recorded', keepFrom: 0, pseudonym });
  let producer: KafkaProducer | undefined;
  let sent = 0;
  const put = async (batch: Batch) => {
    producer ??= await kafkaProducer(kafka);
    await producer.send(batch);
  };
  return {
    async send(told) {
      for (const some of chunks(told, () => 1, BATCH_MAX)) {
        const batch = read(some);
        await forEver(() => put(batch), brokers);
        sent += batch.observations.length;
      }
    },
    async close() {
      await producer?.close();
      return `, ${sent} sent to ${prefix}observations at ${brokers.join()}`;
    },
  };
}

async function forEver(work: () => Promise<void>, brokers: string[]): Promise<void> {
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof WrongTopic) throw new Failed(message);
      if (pauseMs === PAUSE_FIRST_MS)
        process.stderr.write(`hallway: ${brokers.join()} takes nothing (${message}); it is asked again\n`);
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaMessage, Partitioners } from 'kafkajs';
import { type KafkaLedger, kafkaLedger } from '../ledger/kafka.ts';
import { isFinal } from '../sentence.ts';
import { dropBefore } from '../source/kafka/drop.ts';
import { atMost, createLink, open } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { tail } from '../source/kafka/tail.ts';
import { openTopics, topicOf } from '../source/kafka/topics.ts';

const LEAVE_MS = 3000;
/** Between two tries to reach a broker, ms. */
const PAUSE_MS = 1000;
/** How long a broker may take to say that an entry is safe, ms. */
const ANSWER_MS = 10_000;

/** The ledger of a venue that is spread out: a topic of one partition. Resolves when all is read that it holds. */
export async function ledgerIn(kafka: Settled, failed: (error: unknown) => void): Promise<KafkaLedger> {
  const link = createLink(kafka);
  const producer = link.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const stopping = new AbortController();
  let following: Promise<void> = Promise.resolve();
  try {
    const admin = link.kafka.admin();
    await open(admin);
    await openTopics(admin, kafka);
    await admin.disconnect();
    await open(producer);
  } catch (error) {
    link.cut();
    throw error;
  }
  return kafkaLedger({
    async send(texts) {
      const messages = texts.map((value) => ({ partition: 0, value }));
      await producer.send({ topic: topicOf(kafka, 'ledger'), messages, acks: -1, timeout: ANSWER_MS });
    },
    follow(take, caughtUp) {
      const entries = {
        from: { offset: 0 },
        take: ({ value, offset }: KafkaMessage) => void (value && take(value.toString(), Number(offset))),
        caughtUp,
        failed,
      };
      following = tail(kafka, 'ledger', entries, stopping.signal);
    },
    drop: (offset) => dropBefore(kafka, 'ledger', offset),
    async close() {
      stopping.abort();
      await atMost(LEAVE_MS, Promise.all([producer.disconnect(), following]));
      link.cut();
    },
  });
}

/** The same for whoever does not wait for it: it is opened in the background, over an outage; who asks it waits until then. */
export function ledgerSoon(kafka: Settled, failed: (error: unknown) => void, signal: AbortSignal): KafkaLedger {
  const opening = untilOpen(kafka, failed, signal);
  opening.catch(() => undefined);
  return {
    put: async (...entry) => (await opening).put(...entry),
    get: async (key) => (await opening).get(key),
    list: async (...asked) => (await opening).list(...asked),
    renew: async (staying) => (await opening).renew(staying),
    async *watch(...asked) {
      yield* (await opening).watch(...asked);
    },
    close: async () => (await opening.catch(() => null))?.close(),
  };
}

async function untilOpen(kafka: Settled, failed: (error: unknown) => void, signal: AbortSignal): Promise<KafkaLedger> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await ledgerIn(kafka, failed);
    } catch (error) {
      if (isFinal(error)) throw error;
      failed(error);
      await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

import { CompressionTypes, type Message, Partitioners } from 'kafkajs';
import type { Batch, Receipt } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import { NotStored, WAITING_MAX } from './inbox.ts';
import { chunks, createLetters, requests } from './kafka/letters.ts';
import { atMost, createLink, open } from './kafka/link.ts';
import { type KafkaOptions, settle } from './kafka/options.ts';
import { openTopics, type Topics, topicOf } from './kafka/topics.ts';

/** Observations, and characters of them, that go in one message at most. */
export const PACK_MAX = 100;
const PACK_CHARACTERS = 32_000;
/** How long a broker may take to answer, ms: whoever waits for it would rather be told to come again. */
const ANSWER_MS = 10_000;
const LEAVE_MS = 3000;

/** Puts observations into Kafka. `{ append: send }` is a store to a river, so an inbox or a world flows into Kafka. */
export type KafkaProducer = {
  /** the topics as they were found */
  topics: Topics;
  /**
   * Resolves when every in-sync broker has all of it; rejects go to `dead-letters`. Throws `NotStored` where it is not
   * certain that they have: sending it again stores it once. There is no position yet: it is 0.
   */
  send(batch: Batch): Promise<Receipt>;
  close(): Promise<void>;
};

/** Connects, and makes the topics. Throws `WrongTopic`, or what the broker said. */
export async function kafkaProducer(options: KafkaOptions, waitingMax = WAITING_MAX): Promise<KafkaProducer> {
  const settled = settle(options);
  const link = createLink(settled);
  const letters = createLetters(link.kafka, settled);
  const producer = link.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const topic = topicOf(settled, 'observations');
  let waiting = 0;
  const put = async (observations: readonly Observation[]) => {
    for (const messages of requests(messagesOf(observations)))
      await producer.send({ topic, messages, acks: -1, timeout: ANSWER_MS, compression: CompressionTypes.GZIP });
  };
  const send = async (batch: Batch): Promise<Receipt> => {
    const { observations, rejects } = batch;
    if (waiting > 0 && waiting + observations.length > waitingMax)
      throw new NotStored(`${waiting} observations wait for Kafka; at most ${waitingMax} may`);
    waiting += observations.length;
    try {
      await put(observations);
      await letters.send(
        rejects.map((reject) => ({ source: reject.source, timestamp: reject.received, rejects: [reject] })),
      );
      return { position: 0, stored: observations.length, duplicates: new Uint32Array() };
    } catch (error) {
      throw new NotStored(`Kafka did not take it: ${(error as Error).message}`, { cause: error });
    } finally {
      waiting -= observations.length;
    }
  };
  const close = async () => {
    await atMost(LEAVE_MS, Promise.all([producer.disconnect(), letters.close()]));
    link.cut();
  };
  try {
    const admin = link.kafka.admin();
    await open(admin);
    const topics = await openTopics(admin, settled);
    await admin.disconnect();
    await open(producer);
    return { topics, send, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Observations packed by gateway, or sensor: what one of them said stays in one partition, in order. */
export function messagesOf(observations: readonly Observation[]): Message[] {
  const lines = new Map<string, string[]>();
  for (const observation of observations) {
    const key = observation.kind === 'measurement' ? observation.sensor : observation.gateway;
    const line = lineOf(observation);
    const others = lines.get(key);
    if (others) others.push(line);
    else lines.set(key, [line]);
  }
  return [...lines].flatMap(([key, all]) => packs(all).map((pack) => ({ key, value: pack.join('\n') })));
}

const packs = (lines: readonly string[]): string[][] =>
  chunks(lines, (line) => Math.max(line.length, PACK_CHARACTERS / PACK_MAX), PACK_CHARACTERS);

/** An observation's line: what is unknown is not said, nor when it was received, which the broker stamps. */
function lineOf({ received: _, ...observation }: Observation): string {
  return JSON.stringify(observation, (_key, value) => (value === null || value === false ? undefined : value));
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, Partitioners } from 'kafkajs';
import { createLink, open } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { type TopicName, topicOf } from '../source/kafka/topics.ts';

/** Entries that wait at most, while the broker is away: an hour of frames. The oldest are left out then. */
const WAITING_MAX = 3600;
const PAUSE_MS = 500;

/** Puts entries into topics in the order in which they were given, over every outage of the broker. */
export type Pump = {
  put(name: TopicName, message: Message): void;
  /** Resolves when all that was put is there, or `end` has been called. */
  drained(): Promise<void>;
  end(): Promise<void>;
};

/** Sends the first entry; resolves to the pump and to that entry's offset. */
export async function startPump(
  options: Settled,
  name: TopicName,
  first: Message,
  failed: (error: unknown) => void,
): Promise<{ pump: Pump; offset: number }> {
  const link = createLink(options);
  const producer = link.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const send = (to: TopicName, message: Message) =>
    producer.send({ topic: topicOf(options, to), messages: [{ ...message, partition: 0 }], acks: -1 });
  await open(producer);
  const [sent] = await send(name, first);
  const waiting: [TopicName, Message][] = [];
  const stopping = new AbortController();
  let pumping: Promise<void> | null = null;
  const pumpAll = async () => {
    while (waiting.length > 0 && !stopping.signal.aborted) {
      const [to, message] = waiting[0]!;
      try {
        await send(to, message);
        waiting.shift();
      } catch (error) {
        failed(error);
        await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    pumping = null;
  };
  const pump: Pump = {
    put(to, message) {
      waiting.push([to, message]);
      if (waiting.length > WAITING_MAX) waiting.splice(1, 1);
      pumping ??= pumpAll();
    },
    drained: async () => {
      await pumping;
    },
    async end() {
      stopping.abort();
      await producer.disconnect().catch(() => undefined);
      link.cut();
    },
  };
  return { pump, offset: Number(sent!.baseOffset) };
}

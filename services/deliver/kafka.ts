import { Partitioners } from 'kafkajs';
import { abortAfter } from '../model/abort.ts';
import type { KafkaTopic } from '../model/destination.ts';
import { atMost, createLink, open } from '../source/kafka/link.ts';
import { settle } from '../source/kafka/options.ts';
import type { Way } from './parcel.ts';

/** How long a broker may take to answer, and a goodbye, ms. */
const ANSWER_MS = 20_000;
const LEAVE_MS = 3000;

/** Puts a message into a topic, with its id as the key: safe when every in-sync broker has it. The topic has to be there. */
export async function produce(destination: KafkaTopic, id: string, said: object, { done, signal }: Way): Promise<void> {
  const { brokers, topic, username, password, mechanism = 'plain', tls = false } = destination;
  const sasl = username === undefined ? {} : { sasl: { mechanism, username, password: password ?? '' } };
  const link = createLink(
    settle({ brokers: brokers.split(',').map((one) => one.trim()), ...sasl, ...(tls && { ssl: true }) }),
  );
  const producer = link.kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    retry: { retries: 1 },
  });
  const given = abortAfter(ANSWER_MS, signal);
  given.addEventListener('abort', link.cut);
  try {
    await open(producer);
    const messages = [{ key: id, value: JSON.stringify({ id, ...said }) }];
    await producer.send({ topic, messages, acks: -1, timeout: ANSWER_MS });
    done.add('answered');
  } finally {
    given.removeEventListener('abort', link.cut);
    await atMost(LEAVE_MS, producer.disconnect());
    link.cut();
  }
}

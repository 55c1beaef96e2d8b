import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import type { Reject } from '../../model/reject.ts';
import { open } from './link.ts';
import type { Settled } from './options.ts';
import { topicOf } from './topics.ts';

/** Characters of one dead letter at most, about: a message of many rejects becomes several letters. */
const LETTER_MAX = 200_000;
/** Bytes of one request to Kafka at most; a broker takes 1 MiB. */
export const REQUEST_MAX = 900_000;

/** What did not pass, and where it was: a message's coordinates, or who would not have it (and where in the river that stood). */
type Refusal = { rejects: readonly Reject[]; timestamp: number } & (
  | { topic: string; partition: number; offset: number }
  | { source: string; partition?: number; offset?: number }
);

/** Writes what was refused into the topic of dead letters. */
export type Letters = {
  /** Resolves when the broker has all of them. */
  send(refused: readonly Refusal[]): Promise<void>;
  close(): Promise<void>;
};

/** Connects when the first letter is sent. */
export function createLetters(kafka: Kafka, options: Settled): Letters {
  const topic = topicOf(options, 'dead-letters');
  let producer: Promise<Producer> | undefined;
  const connected = () => {
    producer ??= connect(kafka);
    producer.catch(() => {
      producer = undefined;
    });
    return producer;
  };
  return {
    async send(refused) {
      if (refused.length === 0) return;
      const letters = refused.flatMap(lettersOf);
      const { send } = await connected();
      for (const messages of requests(letters)) await send({ topic, messages, acks: -1 });
    },
    close: async () => (await producer)?.disconnect(),
  };
}

async function connect(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await open(producer);
  return producer;
}

/** The letters of one message: where it was, what did not pass, and why. The same message has the same keys. */
function lettersOf({ rejects, ...at }: Refusal): Message[] {
  const name = 'topic' in at ? `${at.topic}/${at.partition}/${at.offset}` : at.source;
  return chunks(rejects, (reject) => JSON.stringify(shown(reject)).length, LETTER_MAX).map((some, i) => ({
    key: i > 0 ? `${name}/${i}` : name,
    value: JSON.stringify({ ...at, rejects: some.map(shown) }),
  }));
}

const shown = ({ line, text, reasons }: Reject) => ({ line, text: text.slice(0, LETTER_MAX / 2), reasons });

/** Messages as requests that a broker takes. */
export const requests = (messages: readonly Message[]): Message[][] => chunks(messages, bytesOf, REQUEST_MAX);

/** A message's length, and some bytes for what stands around it. */
const bytesOf = ({ key, value }: Message): number => Buffer.byteLength(value ?? '') + Buffer.byteLength(key ?? '') + 70;

/** Cuts a list, in order, so that no part weighs more than `max`, unless it is a single one. */
export function chunks<T>(items: readonly T[], weightOf: (item: T) => number, max: number): T[][] {
  const parts: T[][] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const more = weightOf(item);
    if (weight + more > max) {
      parts.push([]);
      weight = 0;
    }
    parts.at(-1)!.push(item);
    weight += more;
  }
  return parts;
}

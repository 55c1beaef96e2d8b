import type { Settled } from './options.ts';
import { alter, topicOf } from './topics.ts';

/** A consumer that will not come back by itself; the message says why, and what can be done. */
export class Crashed extends Error {}

const CODEC = /^(snappy|lz4|zstd) compression not implemented$/i;

/** Kafka will not have us, however often: the login is wrong. A sentence. */
export class KafkaRefused extends Error {}

/** What of kafkajs' errors no waiting mends. */
const LOGIN =
  /^KafkaJSSASLAuthenticationError$|^KafkaJSProtocolError.*(SASL_AUTHENTICATION_FAILED|ILLEGAL_SASL_STATE|UNSUPPORTED_SASL_MECHANISM)/;

/** A login that is refused, wherever in an error it is said; null: it is something else. */
export function refusalIn(error: unknown): KafkaRefused | null {
  for (let found = error as KafkaError | undefined; found; found = found.originalError ?? (found.cause as KafkaError))
    if (LOGIN.test(`${found.name} ${found.type ?? ''}`))
      return new KafkaRefused(
        `KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL: expected a login that Kafka takes, found "${found.message}"`,
      );
  return null;
}

type KafkaError = Error & { type?: string; originalError?: KafkaError };

/** What kafkajs said when it gave up, as an error with a sentence. */
export function crashOf(cause: Error, options: Settled): Crashed {
  const topic = topicOf(options, 'observations');
  const codec = CODEC.exec(cause.message)?.[1];
  const message = codec ? unread(codec, topic, options) : `the consumer of ${topic} gave up: ${cause.message}`;
  return new Crashed(message, { cause });
}

function unread(codec: string, topic: string, options: Settled): string {
  const { groupId, brokers } = options;
  return [
    `topic ${topic} holds messages packed with ${codec}; gzip and none can be read.`,
    `Have the broker pack anew what comes: ${alter(options, topic, 'compression.type=gzip')}.`,
    `What is there already has to be passed over (or waited out): stop Hallway, then kafka-consumer-groups.sh`,
    `--bootstrap-server ${brokers.join()} --group ${groupId} --topic ${topic} --reset-offsets --to-latest --execute`,
  ].join(' ');
}

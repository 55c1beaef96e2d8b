import { readFileSync } from 'node:fs';
import type { KafkaSettings } from '../settings/config.ts';
import { type Settled, settle } from '../source/kafka/options.ts';

/** How Kafka is reached, from settings that were read. */
export function kafkaOf({ brokers, prefix, partitions, login, tls }: KafkaSettings): Settled {
  return settle({
    brokers,
    prefix,
    partitions,
    ...(login && { sasl: login }),
    ...(tls && { ssl: tls.ca === null ? true : { ca: readFileSync(tls.ca) } }),
  });
}

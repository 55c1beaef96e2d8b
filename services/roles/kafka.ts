import { readFileSync } from 'node:fs';
import { type KafkaSettings, Misconfigured } from '../config.ts';
import { type Settled, settle } from '../source/kafka/options.ts';

/** How Kafka is reached, from the settings. Throws `Misconfigured` if a file of certificates cannot be read. */
export function kafkaOf({ brokers, prefix, partitions, login, tls }: KafkaSettings): Settled {
  return settle({
    brokers,
    prefix,
    partitions,
    ...(login && { sasl: login }),
    ...(tls && { ssl: tls.ca === null ? true : { ca: readCa(tls.ca) } }),
  });
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Misconfigured(`KAFKA_CA: expected a file of certificates, found ${file} (${(error as Error).message})`);
  }
}

import type { ConnectionOptions } from 'node:tls';

/** How Kafka is reached, and under which names. Only `brokers` has to be said. */
export type KafkaOptions = {
  /** host:port of some of the brokers */
  brokers: string[];
  /** what the names of Hallway's topics begin with */
  prefix?: string;
  /** partitions of `observations` where it is not there yet */
  partitions?: number;
  clientId?: string;
  /** consumers of one group share the partitions */
  groupId?: string;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  ssl?: boolean | ConnectionOptions;
  /** a consumer that is silent for so long has left, ms */
  sessionMs?: number;
  /** how long a rebalance waits for a batch that is being stored, ms */
  rebalanceMs?: number;
  /** nothing came for so long while more was sent: the consumer is started anew, ms */
  stuckMs?: number;
};

/** With everything said. */
export type Settled = Required<Omit<KafkaOptions, 'sasl' | 'ssl'>> & Pick<KafkaOptions, 'sasl' | 'ssl'>;

export function settle(options: KafkaOptions): Settled {
  const { prefix = 'hallway.' } = options;
  return {
    partitions: 8,
    clientId: 'hallway',
    groupId: `${prefix}ingest`,
    sessionMs: 10_000,
    rebalanceMs: 60_000,
    stuckMs: 60_000,
    ...options,
    prefix,
  };
}

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
  /** offsets from which partitions are read, in a group that nobody else is in; else from where the group is */
  from?: ReadonlyMap<number, string>;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  ssl?: boolean | ConnectionOptions;
  /** a consumer that is silent for so long has left, ms */
  sessionMs?: number;
  /** how long a rebalance waits for a batch that is being stored, ms */
  rebalanceMs?: number;
  /** nothing came for so long while more was sent: the consumer is started anew, ms */
  stuckMs?: number;
};

/** What need not be said, and has no usual value. */
type Open = 'sasl' | 'ssl' | 'from';

/** With everything said. */
export type Settled = Required<Omit<KafkaOptions, Open>> & Pick<KafkaOptions, Open>;

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

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { duckdbEngine, type Engine, influxEngine } from '../house/engine.ts';
import { type OpenEngine, readingOf } from '../house/house.ts';
import type { Config } from '../settings/config.ts';
import { keptInKafka } from '../source/kafka/kept.ts';
import { createLetters, type Letters } from '../source/kafka/letters.ts';
import { atMost, createLink } from '../source/kafka/link.ts';
import type { Behind } from '../source/kafka/member.ts';
import type { Settled } from '../source/kafka/options.ts';
import { kafkaSource } from '../source/kafka.ts';
import { kafkaProducer } from '../source/kafka-producer.ts';
import type { Source } from '../source/source.ts';
import type { Into } from '../work/river.ts';
import type { Counts } from './counts.ts';
import { fillBy } from './filled.ts';
import { measureInflux, openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import type { Log } from './log.ts';

const LEAVE_MS = 3000;

/** The servers that a process works with, if it does. */
export type Beyond = {
  engine: OpenEngine;
  /** what comes by Kafka; null: nothing does */
  kafka: Source | null;
  /** With Kafka all that comes by other ways goes into it first, so that there is one river. */
  entrance: Into | null;
  /** partitions of the river */
  partitions: number[];
  /** What a store has not taken by now it never will: whoever waits for it is told. */
  giveUp(): void;
  close(): Promise<void>;
};

/** Nothing is connected before it is needed. */
export function beyondOf(config: Config, log: Log, counts: Pick<Counts, 'gauge' | 'gauges'>): Beyond {
  const ends: (() => Promise<unknown>)[] = [];
  const stores: { close(): void }[] = [];
  const kafka = config.sources.includes('kafka') ? kafkaOf(config.kafka) : null;
  const entrance = kafka && entranceOf(kafka);
  if (entrance) ends.push(entrance.close);
  const engineIn: OpenEngine = async (folder, ledger) => {
    if (folder !== null) fillBy(folder, kafka ? 'kafka' : 'numbers');
    if (config.store === 'duckdb' || folder === null) return duckdbEngine(folder);
    const letters = kafka ? lettersTo(kafka) : lettersIn(folder);
    ends.push(letters.close);
    const store = await openInflux(config, letters, log, ledger);
    stores.push(store);
    measureInflux(store, counts);
    return influxEngine(store, Date.now, folder);
  };
  const engine: OpenEngine = async (folder, ledger) => {
    const found = await engineIn(folder, ledger);
    if (!kafka || folder === null) return found;
    const leaves: Engine['leaves'] = async (now) => [...(await found.leaves(now)), ...(await keptInKafka(kafka, now))];
    return { ...found, leaves };
  };
  return {
    engine,
    kafka:
      kafka &&
      kafkaSource(kafka, readingOf(config).context, {
        behind: behindIn(counts),
        opened: (topics) => log.info('reads from Kafka', { partitions: topics }),
      }),
    entrance,
    partitions: kafka ? [...Array(kafka.partitions).keys()] : [0],
    giveUp() {
      for (const store of stores) store.close();
    },
    close: () => atMost(LEAVE_MS, Promise.all(ends.map((end) => end()))),
  };
}

/** How far each partition is behind, on the Prometheus page. */
export function behindIn({ gauges }: Pick<Counts, 'gauges'>): Behind {
  const lag: Record<string, number> = {};
  gauges(
    'hallway_kafka_behind',
    'Messages sent and not safe when a partition was last fetched from',
    'partition',
    () => lag,
  );
  return (partition, messages) => {
    if (messages === null) delete lag[partition];
    else lag[partition] = messages;
  };
}

/** Dead letters in the topic for them. */
export function lettersTo(kafka: Settled): Letters {
  const link = createLink(kafka);
  const letters = createLetters(link.kafka, kafka);
  return {
    send: letters.send,
    async close() {
      await letters.close();
      link.cut();
    },
  };
}

/** Dead letters in a file, a line each, where there is no Kafka. */
function lettersIn(folder: string): Letters {
  const file = join(folder, 'dead-letters.ndjson');
  return {
    send: async (refused) => appendFileSync(file, refused.map((one) => `${JSON.stringify(one)}\n`).join('')),
    close: async () => undefined,
  };
}

/** `open`: connects now, and throws what the first batch would. */
export type Entrance = Into & { open(): Promise<unknown>; close(): Promise<void> };

/** The way into Kafka as a store to a river: connected when the first batch comes, and again after it could not be. */
export function entranceOf(kafka: Settled): Entrance {
  let opened: ReturnType<typeof kafkaProducer> | null = null;
  const connected = () => {
    opened ??= kafkaProducer(kafka);
    opened.catch(() => {
      opened = null;
    });
    return opened;
  };
  return {
    open: connected,
    append: async (batch) => (await connected()).send(batch),
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}

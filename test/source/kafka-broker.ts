import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Admin, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import type { Batch, Receipt } from '../../services/model/batch.ts';
import type { Observation } from '../../services/model/observation.ts';
import { createLink, type Link, open } from '../../services/source/kafka/link.ts';
import { type Settled, settle } from '../../services/source/kafka/options.ts';
import { openTopics } from '../../services/source/kafka/topics.ts';
import { type KafkaOptions, kafkaSource, type Told } from '../../services/source/kafka.ts';
import type { Context } from '../../services/validate/reader.ts';
import { servers } from '../servers/servers.ts';

const found = servers('kafka');
const brokers = found.servers?.brokers ?? [];
/** Why tests of Kafka cannot run, or false. */
export const noKafka = found.skip;
/** What kafkajs calls a topic where it is asked for configuration. */
const TOPIC = 2;
/** What it says of a setting that was given to the topic itself. */
const OF_TOPIC = 1;

/** Topics and a group that nobody else has. A session of 6 s is the shortest that a broker grants. */
export const fresh = (more: Partial<KafkaOptions> = {}): Settled =>
  settle({ brokers, prefix: `test-${randomBytes(6).toString('base64url')}.`, partitions: 4, sessionMs: 6000, ...more });

const clientOf = ({ brokers }: Settled) => new Kafka({ brokers, logLevel: logLevel.NOTHING });

export async function asAdmin<T>(options: Settled, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clientOf(options).admin();
  await open(admin);
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

export const makeTopics = (options: Settled) => asAdmin(options, (admin) => openTopics(admin, options));

/** Gives a topic this configuration, and no other; returns when the broker says it has it, which may be later. */
export const configure = (options: Settled, name: string, config: Record<string, string>) =>
  asAdmin(options, async (admin) => {
    const topic = { type: TOPIC, name: options.prefix + name };
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...topic, configEntries }] });
    await until(async () => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [topic] });
      const own = resources[0]!.configEntries.filter(({ configSource }) => configSource === OF_TOPIC);
      const found = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
      return isDeepStrictEqual(found, config);
    }, 30_000);
  });

/** Deletes the topics of a test. */
export const forget = (options: Settled) =>
  asAdmin(options, async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(options.prefix));
    await admin.deleteTopics({ topics });
  });

const made: Settled[] = [];

/** Topics that nobody else has, made; a test file deletes its own by `forgetTopics`. */
export async function topics(more: Partial<KafkaOptions> = {}): Promise<Settled> {
  const options = fresh(more);
  made.push(options);
  await makeTopics(options);
  return options;
}

export async function forgetTopics(): Promise<void> {
  for (const options of made.splice(0)) await forget(options);
}

/** Sends messages as a foreign program does. */
export async function produce(options: Settled, messages: Message[], compression = 0): Promise<void> {
  const producer = clientOf(options).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await open(producer);
  await producer.send({ topic: `${options.prefix}observations`, messages, compression });
  await producer.disconnect();
}

/** The next offset of each partition that is committed (-1: none was). */
export const committedOf = (options: Settled): Promise<number[]> =>
  asAdmin(options, async (admin) => {
    const [found] = await admin.fetchOffsets({ groupId: options.groupId, topics: [`${options.prefix}observations`] });
    const offsets = found!.partitions.sort((a, b) => a.partition - b.partition);
    return offsets.map(({ offset }) => Number(offset));
  });

export type Entry = { partition: number; offset: number; key: string; value: string; bytes: Buffer };

/** Everything in a topic, in order of partition and offset. */
export async function readTopic(options: Settled, name: string): Promise<Entry[]> {
  const topic = options.prefix + name;
  const ends = await asAdmin(options, (admin) => admin.fetchTopicOffsets(topic));
  const count = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const consumer = clientOf(options).consumer({
    groupId: `${options.prefix}reader-${Math.random()}`,
    maxWaitTimeInMs: 50,
  });
  const found: Entry[] = [];
  await open(consumer);
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { key, value, offset } }) => {
      const bytes = value ?? Buffer.alloc(0);
      found.push({ partition, offset: Number(offset), key: String(key), value: String(bytes), bytes });
    },
  });
  while (found.length < count) await sleep(10);
  await consumer.disconnect();
  return found;
}

export const PSEUDONYM = 'k1.BBBBBBBBBBBBBBBB';

/** A pseudonym stays one; every MAC becomes the same one. */
const pseudonym = (id: string) => (id.startsWith('k1.') ? id : PSEUDONYM);

export const context = (source: string, received: number): Context => ({
  source,
  received,
  keepFrom: 0,
  pseudonym,
});

/** A source, and the connections that it holds. */
export function sourceOf(options: Settled, told: Omit<Told, 'createLink'> = {}) {
  const links: Link[] = [];
  const connect = (settled: Settled) => {
    const link = createLink(settled);
    links.push(link);
    return link;
  };
  const source = kafkaSource(options, context, { ...told, createLink: connect });
  return { source, released: () => links.every((link) => link.open === 0) };
}

export type Row = { observation: Observation; position: number };

/** A store that keeps rows in a list; `before` is awaited with each batch, and may throw. */
export function rowStore(before: (batch: Batch) => Promise<unknown> = async () => {}) {
  const rows: Row[] = [];
  const batches: Batch[] = [];
  const append = async (batch: Batch): Promise<Receipt> => {
    await before(batch);
    batches.push(batch);
    for (const [i, observation] of batch.observations.entries())
      rows.push({ observation, position: batch.positions!.observations[i]! });
    return { position: batches.length, stored: batch.observations.length, duplicates: new Uint32Array() };
  };
  const read = () => {
    throw new Error('a source never reads');
  };
  return { store: { append, read }, rows, batches, rejects: () => batches.flatMap((batch) => batch.rejects) };
}

/** What an observation says, without when it came. */
export const contentOf = ({ received: _, ...content }: Observation): string => JSON.stringify(content);

export async function until(test: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await test()); await sleep(10))
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${test}`);
}

/** Ends what should have ended long ago: a test that fails is no test that hangs. */
export function soon(): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 30_000).unref();
  return stop.signal;
}

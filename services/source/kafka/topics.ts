import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import type { Settled } from './options.ts';

/** Partitions at most: number 511 stands for what is loaded from the past. */
export const PARTITIONS_MAX = 511;

/** How long a new topic is waited for. */
const TRIES_MAX = 50;
const TRY_MS = 100;

const DAY_MS = 86_400_000;
const STAMPED = { 'message.timestamp.type': 'LogAppendTime' };
const TOPICS = ['observations', 'frames', 'state', 'ledger', 'dead-letters'] as const;

export type TopicName = (typeof TOPICS)[number];

/** The topics as they are there: how many partitions each has. */
export type Topics = Record<TopicName, number>;

/** A topic cannot be used as it is; the message is a sentence that says what to do. */
export class WrongTopic extends Error {}

export const topicOf = ({ prefix }: Pick<Settled, 'prefix'>, name: TopicName): string => prefix + name;

/** Makes the topics that are not there; looks at those that are. Throws `WrongTopic`. */
export async function openTopics(admin: Admin, options: Settled): Promise<Topics> {
  refuseMany(options.partitions, 'KAFKA_PARTITIONS');
  const there = new Set(await admin.listTopics());
  // one at a time: somebody else may make one of them at the same moment
  for (const name of TOPICS)
    if (!there.has(topicOf(options, name)))
      await admin.createTopics({ topics: [plan(name, options)], waitForLeaders: false });
  const counts = await counted(admin, options);
  refuseMany(counts.observations, topicOf(options, 'observations'));
  await refuseUnstamped(admin, options);
  return counts;
}

/**
 * Looks at the topics as `openTopics` would, and makes none. Resolves to those that are not there, which we may make. Throws
 * `WrongTopic`, or what the broker says where we may not.
 */
export async function lookAtTopics(admin: Admin, options: Settled): Promise<string[]> {
  const there = new Set(await admin.listTopics());
  const missing = TOPICS.filter((name) => !there.has(topicOf(options, name)));
  const topics = missing.map((name) => plan(name, options));
  if (topics.length > 0) await admin.createTopics({ topics, validateOnly: true, waitForLeaders: false });
  if (!missing.includes('observations')) await refuseUnstamped(admin, options);
  for (const name of TOPICS) if (!missing.includes(name)) await admin.fetchTopicOffsets(topicOf(options, name));
  return missing.map((name) => topicOf(options, name));
}

/** A broker that has made a topic does not know it at once. */
async function counted(admin: Admin, options: Settled): Promise<Topics> {
  const topics = TOPICS.map((name) => topicOf(options, name));
  for (let tries = 1; ; tries++)
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      const partitionsOf = (topic: string) => found.find(({ name }) => name === topic)?.partitions.length ?? 0;
      return Object.fromEntries(TOPICS.map((name, i) => [name, partitionsOf(topics[i]!)])) as Topics;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(TRY_MS);
    }
}

function plan(name: TopicName, options: Settled): ITopicConfig {
  const { partitions, config } = PLANS[name];
  const configEntries = Object.entries({ ...STAMPED, ...config }).map(([key, value]) => ({ name: key, value }));
  return { topic: topicOf(options, name), numPartitions: partitions ?? options.partitions, configEntries };
}

const HOUR_MS = 3_600_000;
/** What is deleted in a topic before its time leaves the disk with a whole segment. */
const SHORT = { 'segment.ms': String(HOUR_MS) };
const keptFor = (days: number) => ({ 'retention.ms': String(days * DAY_MS), 'cleanup.policy': 'delete' });

const PLANS: Record<TopicName, { partitions?: number; config: Record<string, string> }> = {
  // the broker repacks what comes in a codec that kafkajs cannot read, and would stop at
  observations: { config: { ...keptFor(7), 'compression.type': 'gzip' } },
  frames: { partitions: 1, config: { ...keptFor(7), ...SHORT } },
  state: { partitions: 1, config: keptFor(7) },
  // for ever: compaction would keep the last of a key, and the first counts
  ledger: { partitions: 1, config: { 'retention.ms': '-1', 'cleanup.policy': 'delete', ...SHORT } },
  'dead-letters': { partitions: 1, config: keptFor(30) },
};

function refuseMany(partitions: number, what: string): void {
  if (!(Number.isInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_MAX))
    throw new WrongTopic(
      `${what}: expected 1 to ${PARTITIONS_MAX} partitions, so that a position fits in a number; found ${partitions}`,
    );
}

/** `received` is when the broker took it: a time that the sender chose is none. */
async function refuseUnstamped(admin: Admin, options: Settled): Promise<void> {
  const topic = topicOf(options, 'observations');
  const [key, expected] = Object.entries(STAMPED)[0]!;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [key] }],
  });
  const found = resources[0]?.configEntries.find((entry) => entry.configName === key)?.configValue;
  if (found !== expected)
    throw new WrongTopic(
      `topic ${topic}: expected ${key}=${expected}, found ${found}. Change it by: ${alter(options, topic, `${key}=${expected}`)}`,
    );
}

/** The command that sets a topic's configuration. */
export const alter = ({ brokers }: Settled, topic: string, setting: string): string =>
  `kafka-configs.sh --bootstrap-server ${brokers.join()} --alter --entity-type topics --entity-name ${topic} --add-config ${setting}`;

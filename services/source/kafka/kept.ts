import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import type { Left } from '../../model/forgetting.ts';
import { atMost, createLink, open } from './link.ts';
import type { Settled } from './options.ts';
import { type TopicName, topicOf } from './topics.ts';

/** Topics in which a badge may be named, whoever makes the frames. */
const NAMING: TopicName[] = ['observations', 'dead-letters'];
/** Those of them that are written anew without it, and what was before is deleted: what is left are bytes that nobody reads. */
export type Dropped = readonly TopicName[];
/** How long Kafka may take to answer, ms: somebody waits. */
const PATIENCE_MS = 10_000;
const LEAVE_MS = 3000;
const SETTINGS = ['retention.ms', 'segment.ms'] as const;

/**
 * Until when topics still hold what they hold at an instant (UTC ms): Kafka lets go of it by their retention, whole segments at once, and
 * nothing can be taken out by its badge. What cannot be asked is said.
 */
export async function keptInKafka(
  options: Settled,
  now: number,
  topics = NAMING,
  dropped: Dropped = [],
): Promise<Left[]> {
  const link = createLink(options);
  const admin = link.kafka.admin();
  try {
    const late = sleep(PATIENCE_MS, undefined, { ref: false }).then((): never => {
      throw new Error(`no answer in ${PATIENCE_MS} ms`);
    });
    return await Promise.race([open(admin).then(() => keptBy(admin, options, now, topics, dropped)), late]);
  } catch (error) {
    const why = `how long its topics are kept could not be asked: ${(error as Error).message}`;
    return [{ where: 'Kafka', until: null, why }];
  } finally {
    await atMost(LEAVE_MS, admin.disconnect());
    link.cut();
  }
}

/** How long a topic keeps what it has, ms; Infinity: for ever. Throws what the broker said. */
export async function retentionOf(options: Settled, name: TopicName): Promise<number> {
  const link = createLink(options);
  const admin = link.kafka.admin();
  try {
    await open(admin);
    const [found] = await settingsOf(admin, [topicOf(options, name)]);
    return found!.retention < 0 ? Number.POSITIVE_INFINITY : found!.retention;
  } finally {
    await atMost(LEAVE_MS, admin.disconnect());
    link.cut();
  }
}

/** What topics are set to, ms. */
async function settingsOf(admin: Admin, topics: string[]) {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type, name, configNames: [...SETTINGS] })),
  });
  return resources.map(({ resourceName, configEntries }) => {
    const [retention, segment] = SETTINGS.map((setting) =>
      Number(configEntries.find(({ configName }) => configName === setting)?.configValue),
    ) as [number, number];
    return { topic: resourceName, retention, segment };
  });
}

async function keptBy(
  admin: Admin,
  options: Settled,
  now: number,
  topics: TopicName[],
  dropped: Dropped,
): Promise<Left[]> {
  const names = [...topics, ...dropped].map((name) => topicOf(options, name));
  const isDropped = new Set(dropped.map((name) => topicOf(options, name)));
  const found = await settingsOf(admin, names);
  return found.map(({ topic, retention, segment }) => {
    const where = `Kafka's topic ${topic}`;
    if (isDropped.has(topic))
      return {
        where,
        until: now + segment,
        why: `deleted there; its bytes go with their segment, segment.ms=${segment} at most`,
      };
    return retention < 0
      ? { where, until: null, why: 'it is kept for ever (retention.ms=-1)' }
      : {
          where,
          until: now + retention + segment,
          why: `retention.ms=${retention}, and segment.ms=${segment} at most`,
        };
  });
}

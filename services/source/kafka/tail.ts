import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, KafkaMessage } from 'kafkajs';
import { atMost, createLink, type Link, open } from './link.ts';
import type { Settled } from './options.ts';
import { type TopicName, topicOf } from './topics.ts';

/** From where a topic of one partition is read: an offset, or the first entry that came at or after a time, UTC ms. */
export type From = { offset: number } | { time: number };

export type Tail = {
  from: From;
  /** each entry, in order, once */
  take: (entry: KafkaMessage) => void;
  /** What stood before the first entry that is left (its offset), where that is asked for too: taken before it, maybe again. */
  earlier?: (first: number) => AsyncIterable<KafkaMessage>;
  /** all is taken that was there when it began */
  caughtUp?: () => void;
  /** the broker could not be reached, or went away: it is tried again */
  failed?: (error: unknown) => void;
};

const PAUSE_MS = 500;
/** How often what has to be read whole is begun: a topic that was just made is not led at once. */
const TRIES_MAX = 10;
const LEAVE_MS = 2000;

/** Follows a topic of one partition until `signal` aborts, over every outage of its broker. */
export async function tail(options: Settled, name: TopicName, how: Tail, signal: AbortSignal): Promise<void> {
  let from = how.from;
  let isBehind = true;
  const caughtUp = () => {
    if (isBehind) how.caughtUp?.();
    isBehind = false;
  };
  const take = (entry: KafkaMessage) => {
    from = { offset: Number(entry.offset) + 1 };
    how.take(entry);
  };
  while (!signal.aborted) {
    const link = createLink(options);
    const follower = createFollower(link, options, name, { ...how, take, caughtUp, again: how.take });
    try {
      await follower.run(from, signal);
    } catch (error) {
      if (!signal.aborted) how.failed?.(error);
    } finally {
      await atMost(LEAVE_MS, follower.leave());
      link.cut();
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

/** Takes all that a topic of one partition holds from somewhere on, up to its present end. Throws what the broker said. */
export async function readAll(
  options: Settled,
  name: TopicName,
  from: From,
  take: Tail['take'],
  earlier?: Tail['earlier'],
): Promise<void> {
  const stop = new AbortController();
  let problem: unknown;
  let tries = 0;
  const failed = (error: unknown) => {
    tries += 1;
    if (tries < TRIES_MAX) return;
    problem = error;
    stop.abort();
  };
  const how = { from, take, caughtUp: () => stop.abort(), failed, ...(earlier && { earlier }) };
  await tail(options, name, how, stop.signal);
  if (problem) throw problem;
}

function createFollower(
  link: Link,
  options: Settled,
  name: TopicName,
  { take, again, earlier, caughtUp = () => {} }: Omit<Tail, 'from'> & { again: Tail['take'] },
) {
  const topic = topicOf(options, name);
  // A group of its own, which nobody shares: it begins, and goes on, where it is told to.
  const groupId = `${options.prefix}tail.${randomUUID()}`;
  const admin = link.kafka.admin();
  const consumer = link.kafka.consumer({ groupId, sessionTimeout: options.sessionMs, maxWaitTimeInMs: 250 });
  return {
    async run(from: From, signal: AbortSignal): Promise<void> {
      await open(admin);
      const [{ high, low } = { high: '0', low: '0' }] = await admin.fetchTopicOffsets(topic);
      const asked = 'offset' in from ? String(from.offset) : await offsetAt(admin, topic, from.time);
      // What stood before is deleted by now.
      const isFirst = BigInt(asked) <= BigInt(low);
      const offset = isFirst ? low : asked;
      if (isFirst && earlier) for await (const entry of earlier(Number(low))) again(entry);
      const isThere = (next: string) => BigInt(next) >= BigInt(high);
      if (isThere(offset)) caughtUp();
      if (signal.aborted) return;
      await open(consumer);
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const crashed = crashOf(consumer);
      let missed = (_error: Error) => {};
      const jumped = new Promise<never>((_resolve, reject) => {
        missed = reject;
      });
      let next = offset;
      consumer.on(consumer.events.GROUP_JOIN, () => consumer.seek({ topic, partition: 0, offset: next }));
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch, isStale }) => {
          if (isStale() || signal.aborted) return;
          const first = batch.firstOffset() ?? next;
          // What comes next was deleted before it was read: it is begun anew, with what stood there.
          if (BigInt(first) > BigInt(next)) return missed(new Error(`${topic}: ${next} to ${first} were deleted`));
          for (const message of batch.messages) take(message);
          next = String(BigInt(batch.lastOffset()) + 1n);
          if (isThere(next)) caughtUp();
        },
      });
      const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
      await Promise.race([aborted, crashed, jumped]);
    },
    async leave(): Promise<void> {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined);
      await admin.disconnect();
    },
  };
}

const crashOf = (consumer: Consumer): Promise<never> =>
  new Promise((_resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });

async function offsetAt(admin: Admin, topic: string, time: number): Promise<string> {
  const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, time);
  return found?.offset ?? '0';
}

import type { Consumer, ConsumerConfig, EachBatchPayload } from 'kafkajs';
import { commit } from './commit.ts';
import { crashOf } from './crash.ts';
import { type Link, open } from './link.ts';
import type { Settled } from './options.ts';
import { type ContextAt, readMessages } from './read.ts';
import { type Watching, watchStuck } from './stuck.ts';
import { openTopics, type Topics, topicOf } from './topics.ts';
import { Ended, type Held, type Waiting } from './waiting.ts';

/** A fetch waits so long for news at most, ms: a stop waits for it. */
const FETCH_MS = 250;
/** Heartbeats in a session; looked after twice as often. */
const BEATS = 5;

/** A member of the group, from its first word to its last. */
export type Member = {
  /** Makes the topics, joins, and puts what comes where it waits. */
  start(): Promise<Topics>;
  /**
   * Parts are safe: the group goes on behind them. Those that are not ours any more come again, to whose they are.
   * Returns what was committed.
   */
  commit(safe: readonly Held[]): Promise<Held[]>;
  /** Leaves the group; what waits has been given back before. */
  leave(): Promise<void>;
};

/** What a member knows of itself. */
export type State = {
  topic: string;
  /** what is being read, by partition */
  reading: Map<number, EachBatchPayload>;
  /** how often partitions were assigned, and which are ours now */
  generation: number;
  partitions: readonly number[];
  /** the offset from which each partition goes on */
  passed: Map<number, number>;
  /** grows with each fetch that brought something, and each commit */
  progress: number;
};

/** How many messages of a partition are not safe yet; null: it is not ours any more. */
export type Behind = (partition: number, messages: number | null) => void;

/** `behind` is told with each fetch, and when partitions are assigned anew; `given` is of all members that follow each other. */
export function createMember(
  link: Link,
  options: Settled,
  context: ContextAt,
  waiting: Waiting,
  { behind = () => undefined, given }: { behind?: Behind | undefined; given: Watching['given'] },
): Member {
  const topic = topicOf(options, 'observations');
  const { groupId, stuckMs, from } = options;
  const state: State = { topic, reading: new Map(), generation: 0, partitions: [], passed: firstOf(from), progress: 0 };
  const admin = link.kafka.admin();
  const consumer = link.kafka.consumer(configOf(options));
  const stopHeartbeats = keepAlive(state, waiting, options.sessionMs);
  let stopWatch = () => {};
  return {
    async start() {
      await open(admin);
      const topics = await openTopics(admin, options);
      await open(consumer);
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      if (from) beginAt(consumer, state);
      listen(consumer, state, behind, (error) => waiting.fail(crashOf(error, options)));
      if (waiting.hasEnded) throw new Ended();
      const isBusy = () => waiting.held > 0;
      stopWatch = watchStuck({ state, isBusy }, { admin, groupId, stuckMs, given }, waiting.fail);
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: topics.observations,
        eachBatch: readerOf(consumer, state, context, waiting, behind),
      });
      return topics;
    },
    commit: (safe) => commit(state, safe, waiting),
    async leave() {
      stopWatch();
      stopHeartbeats();
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}

const firstOf = (from: Settled['from']) => new Map([...(from ?? [])].map(([partition, at]) => [partition, Number(at)]));

const configOf = ({ groupId, sessionMs, rebalanceMs }: Settled): ConsumerConfig => ({
  groupId,
  sessionTimeout: sessionMs,
  rebalanceTimeout: rebalanceMs,
  heartbeatInterval: sessionMs / BEATS,
  maxWaitTimeInMs: FETCH_MS,
});

function listen(consumer: Consumer, state: State, behind: Behind, crashed: (error: Error) => void): void {
  consumer.on(consumer.events.CRASH, ({ payload }) => crashed(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const before = state.partitions;
    state.generation++;
    state.partitions = payload.memberAssignment[state.topic] ?? [];
    for (const partition of before) if (!state.partitions.includes(partition)) behind(partition, null);
  });
}

/** Whoever is alone in its group begins, and goes on after a rebalance, where it was told to. */
function beginAt(consumer: Consumer, { topic, passed }: State): void {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const offset = passed.get(partition);
      if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) });
    }
  });
}

/** Holds what was fetched until it is safe: so long kafkajs fetches nothing more, nor joins anew. */
function readerOf(consumer: Consumer, state: State, context: ContextAt, waiting: Waiting, behind: Behind) {
  const { topic, reading } = state;
  return async (payload: EachBatchPayload) => {
    const { partition, messages } = payload.batch;
    state.progress++;
    reading.set(partition, payload);
    const { highWatermark } = payload.batch;
    behind(partition, Number(highWatermark) - Number(payload.batch.firstOffset() ?? highWatermark));
    try {
      await readMessages({ topic, partition, generation: state.generation, messages }, context, waiting);
      if (state.partitions.includes(partition))
        behind(partition, Number(highWatermark) - 1 - Number(payload.batch.lastOffset()));
    } catch (error) {
      if (!isKafkas(error)) waiting.fail(error);
      if (!waiting.hasEnded) throw error;
      // nothing more is fetched while the last batch is being stored
      consumer.pause([{ topic }]);
    } finally {
      reading.delete(partition);
    }
  };
}

const isKafkas = (error: unknown): boolean => error instanceof Ended || (error as Error).name.startsWith('KafkaJS');

/** kafkajs sends no heartbeat while something is held. Where one is not answered well, what waits is given back. */
function keepAlive({ reading }: State, waiting: Waiting, sessionMs: number): () => void {
  const beat = () => {
    const [payload] = reading.values();
    payload?.heartbeat().catch(waiting.drop);
  };
  const timer = setInterval(beat, sessionMs / BEATS / 2);
  return () => clearInterval(timer);
}

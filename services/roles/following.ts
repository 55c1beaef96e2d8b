import { randomUUID } from 'node:crypto';
import type { Sift } from '../house/forgotten.ts';
import type { Ahead } from '../live/ahead.ts';
import type { Reach } from '../live/reach.ts';
import { type Batch, PARTITION } from '../model/batch.ts';
import { createLink, open } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import type { ContextAt } from '../source/kafka/read.ts';
import { topicOf } from '../source/kafka/topics.ts';
import { kafkaSource } from '../source/kafka.ts';
import type { Stored } from '../store/store.ts';

/** What stands in Kafka after some positions: first what is ahead of a picture that starts, then what comes. */
export type Following = {
  /** partition → the offset of the first message that is read */
  from: ReadonlyMap<number, number>;
  ahead: Ahead;
  rest(): AsyncGenerator<Batch>;
  end(): Promise<void>;
};

/** Whoever looks on writes no dead letters: whoever stores does. */
const NO_LETTERS = { send: async () => undefined, close: async () => undefined };

/** Reads on after `after` what `sift` lets in; partitions of which nothing was read yet from an instant on (UTC ms), in a group of its own. */
export async function followObservations(
  options: Settled,
  context: ContextAt,
  sift: Sift,
  after: Reach,
  since: number,
  signal: AbortSignal,
): Promise<Following> {
  const { from, ends } = await boundsOf(options, after, since);
  const passed = new Map([...from].map(([partition, offset]) => [partition, Number(offset)]));
  let wake = () => {};
  const own = { ...options, groupId: `${options.prefix}live.${randomUUID()}`, from };
  const told = kafkaSource(own, context, {
    letters: NO_LETTERS,
    passed(partition, next) {
      passed.set(partition, next);
      wake();
    },
  })(signal);
  const source = letIn(told, sift);
  const queues = new Map([...ends.keys()].map((partition) => [partition, [] as Stored[]]));
  let next: Promise<IteratorResult<Batch>> | null = null;
  let isOver = false;
  /** Waits until something came, or a partition was found to hold no more. */
  const pull = async () => {
    const progressed = new Promise<null>((resolve) => {
      wake = () => resolve(null);
    });
    next ??= source.next();
    const step = await Promise.race([next, progressed]);
    if (!step) return;
    next = null;
    isOver = step.done === true;
    if (!step.done) for (const row of rowsOf(step.value)) queues.get(Math.floor(row.position / PARTITION))!.push(row);
  };
  const isRead = (partition: number) => isOver || passed.get(partition)! >= ends.get(partition)!;
  const ahead: Ahead = {
    async first() {
      for (const [partition, queue] of queues) while (queue.length === 0 && !isRead(partition)) await pull();
      const received = [...queues.values()].flatMap(([row]) => row?.received ?? []);
      return received.length === 0 ? null : Math.min(...received);
    },
    async upTo(reach, take) {
      for (const [partition, queue] of queues) {
        const limit = reach ? (reach.get(partition) ?? -1) : Number.POSITIVE_INFINITY;
        const isEnough = () =>
          partition * PARTITION + passed.get(partition)! > limit || (queue.at(-1)?.position ?? -1) > limit;
        while (!isEnough() && !isRead(partition)) await pull();
        const end = queue.findIndex(({ position }) => position > limit);
        for (const row of queue.splice(0, end < 0 ? queue.length : end)) take(row);
      }
    },
  };
  return {
    from: new Map([...from].map(([partition, offset]) => [partition, Number(offset)])),
    ahead,
    async *rest() {
      for (;;) {
        const step: IteratorResult<Batch> = await (next ?? source.next());
        next = null;
        if (step.done) return;
        yield step.value;
      }
    },
    end: async () => void (await source.return(undefined)),
  };
}

/** What of batches is let in: nobody waits for an answer to them. */
async function* letIn(batches: AsyncGenerator<Batch>, sift: Sift): AsyncGenerator<Batch> {
  for await (const batch of batches) yield (await sift(batch)).batch;
}

function rowsOf({ observations, positions }: Batch): Stored[] {
  return observations.map((observation, i) => ({ ...observation, position: positions!.observations[i]! }));
}

/** Where each partition is to be read from, and where it ends now. */
async function boundsOf(options: Settled, after: Reach, since: number) {
  const link = createLink(options);
  const topic = topicOf(options, 'observations');
  const admin = link.kafka.admin();
  try {
    await open(admin);
    const offsets = await admin.fetchTopicOffsets(topic);
    const timely = new Map(
      (await admin.fetchTopicOffsetsByTimestamp(topic, since)).map(({ partition, offset }) => [partition, offset]),
    );
    const ends = new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
    const from = new Map(
      offsets.map(({ partition, low }) => {
        const known = after.get(partition);
        if (known === undefined) return [partition, timely.get(partition) ?? low];
        return [partition, String(Math.max(Number(low), known - partition * PARTITION + 1))];
      }),
    );
    return { from, ends };
  } finally {
    await admin.disconnect();
    link.cut();
  }
}

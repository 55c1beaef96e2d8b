import type { Admin } from 'kafkajs';

/** A consumer as its watchman sees it. */
export type Watched = {
  state: {
    readonly topic: string;
    /** grows with each fetch that brought something, and each commit */
    readonly progress: number;
    /** partitions that are ours */
    readonly partitions: readonly number[];
    /** the offset from which a partition goes on, as far as this consumer knows */
    readonly passed: ReadonlyMap<number, number>;
  };
  /** something is with the store, or waits for it: then no news is no fault */
  isBusy(): boolean;
};

export type Watching = {
  admin: Admin;
  groupId: string;
  stuckMs: number;
  /** Where the topic ended when a consumer was last given up: what it has left there (marks of transactions, say) no other would get. */
  given: { ends: bigint };
};

/** No fetch and no commit, while more lies there. */
export class Stuck extends Error {}

/** Times in `stuckMs` that somebody looks. */
const LOOKS = 4;

/**
 * Tells when a consumer has fallen silent: nothing came and nothing was committed for `stuckMs` since somebody first saw that its
 * partitions hold more. Returns how to end it.
 */
export function watchStuck(
  { state, isBusy }: Watched,
  { admin, groupId, stuckMs, given }: Watching,
  fail: (error: Stuck) => void,
): () => void {
  let first: { progress: number; since: number } | undefined;
  const look = async () => {
    const { progress, topic } = state;
    if (isBusy() || first?.progress !== progress) first = undefined;
    if (isBusy() || state.partitions.length === 0) return;
    const { waiting, ends } = await found(admin, groupId, state);
    if (waiting === 0n || ends === given.ends) first = undefined;
    else first ??= { progress, since: performance.now() };
    const silentMs = performance.now() - (first?.since ?? Number.POSITIVE_INFINITY);
    if (silentMs < stuckMs || isBusy() || state.progress !== progress) return;
    given.ends = ends;
    const seconds = Math.round(silentMs / 1000);
    fail(new Stuck(`nothing came from ${topic} for ${seconds} s, while ${waiting} messages wait`));
  };
  // what the broker does not answer it does not answer the consumer either: that one says so itself
  const timer = setInterval(() => void look().catch(() => undefined), stuckMs / LOOKS);
  return () => clearInterval(timer);
}

/** Messages of our partitions that nobody has taken, and those that ever were in them. */
async function found(admin: Admin, groupId: string, { topic, partitions, passed }: Watched['state']) {
  const [offsets, [group]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  let [waiting, ends] = [0n, 0n];
  for (const { partition, low, high } of offsets) {
    if (!partitions.includes(partition)) continue;
    // Another may have had it in between; and what the topic no longer keeps nobody waits for.
    const next = Math.max(Number(low), passed.get(partition) ?? 0, committed.get(partition) ?? 0);
    waiting += BigInt(Math.max(0, Number(high) - next));
    ends += BigInt(high);
  }
  return { waiting, ends };
}

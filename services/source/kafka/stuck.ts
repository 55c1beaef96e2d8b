import type { Admin } from 'kafkajs';

/** A consumer as its watchman sees it. */
export type Watched = {
  state: {
    readonly topic: string;
    /** grows with each fetch that brought something, and each commit */
    readonly progress: number;
    /** partitions that are ours */
    readonly partitions: readonly number[];
  };
  /** something is with the store, or waits for it: then no news is no fault */
  isBusy(): boolean;
};

/** No fetch and no commit, while more was sent. */
export class Stuck extends Error {}

/** Times in `stuckMs` that somebody looks. */
const LOOKS = 4;

/** What a look found; `since`: when one first found that more was sent. */
type Look = { progress: number; since: number | null; ends: bigint };

/**
 * Tells when a consumer has fallen silent: nothing came and nothing was committed for `stuckMs`, and in that time its
 * partitions grew. Returns how to end it.
 */
export function watchStuck(
  { state, isBusy }: Watched,
  { admin, stuckMs }: { admin: Admin; stuckMs: number },
  fail: (error: Stuck) => void,
): () => void {
  let first: Look | undefined;
  const look = async () => {
    const { topic, progress, partitions } = state;
    if (isBusy() || first?.progress !== progress) first = undefined;
    if (isBusy() || partitions.length === 0) return;
    const ends = await endsOf(admin, topic, partitions);
    // As long as nothing is sent nothing is missed: what has only just been sent is no silence yet.
    if (!first || ends === first.ends) first = { progress, since: null, ends };
    if (ends === first.ends) return;
    first.since ??= performance.now();
    const silentMs = performance.now() - first.since;
    if (silentMs < stuckMs || state.progress !== progress) return;
    const missed = ends - first.ends;
    const seconds = Math.round(silentMs / 1000);
    fail(new Stuck(`nothing came from ${topic} for ${seconds} s, while ${missed} messages went in`));
  };
  // what the broker does not answer it does not answer the consumer either: that one says so itself
  const timer = setInterval(() => void look().catch(() => undefined), stuckMs / LOOKS);
  return () => clearInterval(timer);
}

/** Messages that ever were in some partitions of a topic. */
async function endsOf(admin: Admin, topic: string, partitions: readonly number[]): Promise<bigint> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .filter(({ partition }) => partitions.includes(partition))
    .reduce((sum, { high }) => sum + BigInt(high), 0n);
}

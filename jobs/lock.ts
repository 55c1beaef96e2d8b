import type { Ledger } from '../services/ledger/ledger.ts';
import { KEYS, type Lock } from '../services/ledger/runs.ts';

/** A lock that is held: its fence, a signal that aborts when another has it, and the way to let it go. */
export type Held = { fence: number; lost: AbortSignal; release(): Promise<void> };

export type Holder = {
  ledger: Ledger;
  /** who asks; nobody else is called so */
  owner: string;
  /** how long it holds without a word, ms */
  leaseMs: number;
  now: () => number;
  /** another lock than that of all jobs: its key */
  key?: string;
};

/**
 * Takes the lock of all jobs of a house, or another, if nobody has it: an entry of the ledger with an expiry, renewed while it is held.
 * Whoever was silent for longer has lost it, and is told as soon as it speaks again. Otherwise until when it is held (UTC ms).
 */
export async function takeLock({
  ledger,
  owner,
  leaseMs,
  now,
  key = KEYS.lock,
}: Holder): Promise<Held | { until: number }> {
  const entry = await ledger.get(key);
  const before = entry?.value as Lock | undefined;
  if (before && before.until > now()) return { until: before.until };
  let version = (entry?.version ?? 0) + 1;
  const fence = version;
  if (!(await ledger.put(key, version, lockOf(now() + leaseMs)))) return { until: now() + leaseMs };
  const lost = new AbortController();
  let last = Promise.resolve();
  const next = (until: number) => {
    last = last.then(async () => {
      if (lost.signal.aborted) return;
      version += 1;
      if (!(await ledger.put(key, version, lockOf(until)))) lost.abort(new Lost());
    });
    // A ledger that cannot be written holds no lock.
    last = last.catch((error) => lost.abort(error));
    return last;
  };
  const timer = setInterval(() => next(now() + leaseMs), leaseMs / 3);
  return {
    fence,
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await next(0);
    },
  };
  function lockOf(until: number): Lock {
    return { owner, until };
  }
}

/** Another process has taken over, since this one was silent for too long. */
export class Lost extends Error {
  constructor() {
    super('another process runs the jobs now: this one was silent for too long');
  }
}

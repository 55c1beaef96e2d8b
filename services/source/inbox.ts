import { BATCH_MAX, type Batch, type Receipt } from '../model/batch.ts';
import type { Source } from './source.ts';

/** Observations and rejects that may wait for the store; past it senders are asked to come again. */
export const WAITING_MAX = 200_000;

/** What a sender learns of its observations once they are safe. */
type Counts = { stored: number; duplicate: number; rejected: number };

/** A letter box: whoever receives bytes puts what they mean in; the river takes it out. */
export type Inbox = {
  source: Source;
  /** Resolves when all of it is safe. Rejects with `NotStored` when it is not, and may be sent again. */
  send(batch: Batch): Promise<Counts>;
  /** Takes nothing more; what waits and nobody has taken out is not stored. */
  close(why?: string): void;
  /** observations and rejects that wait or are being stored */
  readonly waiting: number;
};

/** Nothing is wrong with what was sent, but it is not stored. Sending it again stores it once. */
export class NotStored extends Error {
  /** how long whoever sent it should wait, s */
  readonly afterS: number = 1;
}

type Part = { batch: Batch; done(counts: Counts): void; fail(error: Error): void };

const sizeOf = (batch: Batch) => batch.observations.length + batch.rejects.length;

/** Many small requests become one batch: what has come while the store was busy goes together. */
export function createInbox(waitingMax = WAITING_MAX): Inbox {
  const queue: Part[] = [];
  let waiting = 0;
  let closed: string | null = null;
  let isTakenOut = false;
  let wake = () => {};

  const send = async (batch: Batch): Promise<Counts> => {
    if (closed !== null) throw new NotStored(closed);
    if (waiting > 0 && waiting + sizeOf(batch) > waitingMax)
      throw new NotStored(`${waiting} observations wait for the store; at most ${waitingMax} may`);
    const counts = await Promise.all(cut(batch).map((part) => put(part)));
    return counts.reduce(add);
  };
  const put = (batch: Batch) =>
    new Promise<Counts>((done, fail) => {
      waiting += sizeOf(batch);
      queue.push({ batch, done, fail });
      wake();
    }).finally(() => {
      waiting -= sizeOf(batch);
    });
  const something = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (queue.length > 0 || signal.aborted) resolve();
    });
  const close = (why = 'the service is stopping') => {
    closed = why;
    wake();
    if (!isTakenOut) for (const part of queue.splice(0)) part.fail(new NotStored(why));
  };

  async function* source(signal: AbortSignal): AsyncGenerator<Batch, void, Receipt> {
    let taken: Part[] = [];
    isTakenOut = true;
    const stop = () => wake();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        await something(signal);
        taken = take(queue);
        if (taken.length === 0) return;
        const receipt = yield joined(taken);
        settle(taken, receipt);
        taken = [];
      }
    } finally {
      signal.removeEventListener('abort', stop);
      isTakenOut = false;
      const lost = closed !== null ? [...taken, ...queue.splice(0)] : taken;
      for (const part of lost) part.fail(new NotStored('the store did not take it'));
    }
  }
  return {
    source,
    send,
    close,
    get waiting() {
      return waiting;
    },
  };
}

/** A long batch as several of at most `BATCH_MAX`; an empty one as itself, so that it too waits its turn. */
function cut({ observations, rejects }: Batch): Batch[] {
  const count = Math.max(1, Math.ceil(Math.max(observations.length, rejects.length) / BATCH_MAX));
  return Array.from({ length: count }, (_, i) => ({
    observations: observations.slice(i * BATCH_MAX, (i + 1) * BATCH_MAX),
    rejects: rejects.slice(i * BATCH_MAX, (i + 1) * BATCH_MAX),
  }));
}

/** Takes as many parts from the front as fit in one batch. */
function take(queue: Part[]): Part[] {
  let size = 0;
  let count = 0;
  while (count < queue.length && (count === 0 || size + sizeOf(queue[count]!.batch) <= BATCH_MAX))
    size += sizeOf(queue[count++]!.batch);
  return queue.splice(0, count);
}

const joined = (parts: Part[]): Batch => ({
  observations: parts.flatMap((part) => part.batch.observations),
  rejects: parts.flatMap((part) => part.batch.rejects),
});

/** Tells each sender its own share of the receipt. */
function settle(parts: Part[], receipt: Receipt): void {
  const duplicates = [...receipt.duplicates].sort((a, b) => a - b);
  let start = 0;
  let next = 0;
  for (const { batch, done } of parts) {
    const from = next;
    const end = start + batch.observations.length;
    while (next < duplicates.length && duplicates[next]! < end) next++;
    const duplicate = next - from;
    done({ stored: batch.observations.length - duplicate, duplicate, rejected: batch.rejects.length });
    start = end;
  }
}

const add = (a: Counts, b: Counts): Counts => ({
  stored: a.stored + b.stored,
  duplicate: a.duplicate + b.duplicate,
  rejected: a.rejected + b.rejected,
});

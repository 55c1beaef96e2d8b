import { BATCH_MAX } from '../../model/batch.ts';
import { type Part, sizeOf } from './part.ts';

/** Observations (or rejects) that wait for the store at most: two batches, so that the next is there. */
const WAITING_MAX = 2 * BATCH_MAX;

/** A part on its way: told when it is safe and committed, or that it will not be. */
export type Held = { part: Part; done(): void; fail(error: unknown): void };

/** The source has ended: what was not safe comes again. */
export class Ended extends Error {
  constructor() {
    super('the source has ended');
  }
}

/** Parts between those who read messages and the one who yields batches. */
export type Waiting = {
  /** Resolves when the part is safe and committed. */
  put(part: Part): Promise<void>;
  /** parts that were put and are not settled */
  readonly held: number;
  readonly hasEnded: boolean;
  /** Whether more may be put; else `room` says when, or that it makes no sense any more. */
  readonly hasRoom: boolean;
  room(): Promise<void>;
  /** Takes as many parts from the front as fit in one batch, and waits for the first; none: the source has ended. */
  take(): Promise<Held[]>;
  /** What waits is given back: it comes again, maybe to somebody else. */
  drop(error: unknown): void;
  /** Nothing goes any more: whoever takes is told why. */
  fail(error: unknown): void;
  end(): void;
};

type Waiter = { resolve(): void; reject(error: unknown): void };

export function createWaiting(): Waiting {
  let queue: Held[] = [];
  let waiters: Waiter[] = [];
  let held = 0;
  let wake = () => {};
  let end: { error?: unknown } | null = null;
  const waits = () => queue.reduce((sum, { part }) => sum + sizeOf(part), 0);
  const drop = (error: unknown) => {
    const [parts, others] = [queue, waiters];
    [queue, waiters] = [[], []];
    for (const held of parts) held.fail(error);
    for (const waiter of others) waiter.reject(error);
  };
  const finish = (with_: { error?: unknown }) => {
    end ??= with_;
    drop(new Ended());
    wake();
  };
  return {
    put(part) {
      held++;
      const safe = new Promise<void>((done, fail) => {
        if (end) return fail(new Ended());
        queue.push({ part, done, fail });
        wake();
      }).finally(() => held--);
      // whoever put it may still be reading when it is given back
      safe.catch(() => undefined);
      return safe;
    },
    get held() {
      return held;
    },
    get hasEnded() {
      return end !== null;
    },
    get hasRoom() {
      return waits() < WAITING_MAX && end === null;
    },
    room: () =>
      new Promise<void>((resolve, reject) => {
        if (end) reject(new Ended());
        else waiters.push({ resolve, reject });
      }),
    async take() {
      if (queue.length === 0 && !end)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (end && 'error' in end) throw end.error;
      const taken = queue.splice(0, fitting(queue));
      for (const waiter of waiters.splice(0)) waiter.resolve();
      return taken;
    },
    drop,
    fail: (error) => finish({ error }),
    end: () => finish({}),
  };
}

function fitting(queue: readonly Held[]): number {
  let size = 0;
  let count = 0;
  while (count < queue.length && (count === 0 || size + sizeOf(queue[count]!.part) <= BATCH_MAX))
    size += sizeOf(queue[count++]!.part);
  return count;
}

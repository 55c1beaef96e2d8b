import { PARTITION } from '../model/batch.ts';
import type { Store, Stored } from '../store/store.ts';
import type { Reach } from './reach.ts';

/** What a river holds after some positions, handed on as far as it was known at a frame. */
export type Ahead = {
  /** When the first of it was received, UTC ms; null where there is none. */
  first(): Promise<number | null>;
  /** Hands on what was not yet, up to `reach` (null: all there is); in no order but that of each partition. */
  upTo(reach: Reach | null, take: (row: Stored) => void): Promise<void>;
};

/** What a store holds, from `from` on (`time`, UTC ms), after `after`: a stream for each of the river's partitions, and of those in `after`. */
export function storedAhead(read: Store['read'], from: number, after: Reach, partitions: number[]): Ahead {
  const names = new Set([...partitions, ...after.keys()]);
  const streams = [...names].map((partition) => {
    const begin = partition * PARTITION;
    const bounds = { after: after.get(partition) ?? begin - 1, before: begin + PARTITION };
    return { partition, rows: cursor(read({ from, until: Number.POSITIVE_INFINITY }, bounds)) };
  });
  return {
    async first() {
      const firsts = await Promise.all(streams.map(({ rows }) => rows.peek()));
      const received = firsts.flatMap((row) => row?.received ?? []);
      return received.length === 0 ? null : Math.min(...received);
    },
    async upTo(reach, take) {
      for (const { partition, rows } of streams)
        await rows.take(reach ? (reach.get(partition) ?? -1) : Number.POSITIVE_INFINITY, take);
    },
  };
}

/** Rows in order of position, one after the other. */
function cursor(stream: AsyncGenerator<Stored[]>) {
  let rows: Stored[] = [];
  let at = 0;
  /** The next row, or undefined after the last. */
  const peek = async (): Promise<Stored | undefined> => {
    while (at === rows.length) {
      const next = await stream.next();
      if (next.done) return undefined;
      rows = next.value;
      at = 0;
    }
    return rows[at];
  };
  return {
    peek,
    async take(upto: number, take: (row: Stored) => void): Promise<void> {
      for (let row = await peek(); row && row.position <= upto; row = await peek())
        for (; at < rows.length && rows[at]!.position <= upto; at++) take(rows[at]!);
    },
  };
}

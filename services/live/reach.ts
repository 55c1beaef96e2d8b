import { partitionOf } from '../model/batch.ts';

/** How far a river was read: the highest position of each of its partitions. */
export type Reach = Map<number, number>;

/** Notes that a position was read. */
export function reached(reach: Reach, position: number): void {
  const partition = partitionOf(position);
  if (position > (reach.get(partition) ?? -1)) reach.set(partition, position);
}

export const reachOf = (positions: Iterable<number>): Reach => {
  const reach: Reach = new Map();
  for (const position of positions) reached(reach, position);
  return reach;
};

/** As a frame records it: one position a partition, ascending. */
export const positionsOf = (reach: Reach): number[] => [...reach.values()].sort((a, b) => a - b);

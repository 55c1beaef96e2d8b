import type { Service } from '../service.ts';

const MIB = 2 ** 20;

/** Whose memory: of the whole process, and what of it are objects, the embedded database, and buffers, MiB. */
export type Share = 'rss' | 'heap' | 'database' | 'buffers';
export type Memory = Record<Share, number>;

/** What a service tells of itself: of a name the sum of all its values. */
export async function metricsOf({ address }: Service): Promise<(name: string) => number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:{.*})? (\\S+)`, 'gm'))].reduce((all, [, value]) => all + Number(value), 0);
}

export const memoryIn = (sum: (name: string) => number): Memory => ({
  rss: sum('process_resident_memory_bytes') / MIB,
  heap: sum('nodejs_heap_size_used_bytes') / MIB,
  database: sum('hallway_store_memory_bytes') / MIB,
  buffers: sum('nodejs_external_memory_bytes') / MIB,
});

/**
 * Of some samples what a share is about: its mean for what is given back late, its least for heap and buffers, where what is about to be
 * collected is no growth.
 */
export function levelOf(samples: Memory[], share: Share): number {
  const values = samples.map((one) => one[share]);
  return isMean(share) ? values.reduce((sum, value) => sum + value, 0) / values.length : Math.min(...values);
}

export const isMean = (share: Share): boolean => share === 'rss' || share === 'database';

import type { Kept } from './entry.ts';
import type { Entry, Ledger } from './ledger.ts';

/** Where an entry is found again. */
export type Place = { version: number };

/** What is known of a ledger, in memory: of each key the places of its versions, and who waits for more. */
export type Book<P extends Place> = Pick<Ledger, 'get' | 'list' | 'watch'> & {
  /** Notes an entry that was read; false: its key and version are known, so it does not count. */
  take(key: string, place: P): boolean;
  find(key: string, version: number): P | undefined;
};

/** @param read a place → its entry */
export function createBook<P extends Place>(read: (place: P) => Kept): Book<P> {
  const places = new Map<string, P[]>();
  const watchers = new Set<(key: string, place: P) => void>();
  const shown = (place: P): Entry => {
    const { id: _, ...entry } = read(place);
    return entry;
  };
  return {
    take(key, place) {
      const known = places.get(key);
      if (!known) places.set(key, [place]);
      else if (!insert(known, place)) return false;
      for (const told of watchers) told(key, place);
      return true;
    },
    find(key, version) {
      const known = places.get(key) ?? [];
      const place = known[placeFor(known, version)];
      return place?.version === version ? place : undefined;
    },
    async get(key) {
      const newest = places.get(key)?.at(-1);
      return newest ? shown(newest) : null;
    },
    async list(prefix, { history = false } = {}) {
      const keys = [...places.keys()].filter((key) => key.startsWith(prefix)).sort();
      return keys.flatMap((key) => (history ? places.get(key)! : places.get(key)!.slice(-1)).map(shown));
    },
    watch(prefix, signal) {
      const { push, items } = createQueue<P>(signal);
      const told = (key: string, place: P) => void (key.startsWith(prefix) && push(place));
      watchers.add(told);
      signal.addEventListener('abort', () => watchers.delete(told));
      return mapped(items, shown);
    },
  };
}

/** Keeps the order of versions; false: it is there. */
function insert<P extends Place>(known: P[], place: P): boolean {
  const at = placeFor(known, place.version);
  if (known[at]?.version === place.version) return false;
  known.splice(at, 0, place);
  return true;
}

/** Where a version stands, or would: the first place that is not below it. */
function placeFor(known: readonly Place[], version: number): number {
  if ((known.at(-1)?.version ?? 0) < version) return known.length;
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (known[middle]!.version < version) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function* mapped<A, B>(items: AsyncIterable<A>, to: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield to(item);
}

/** What is pushed, in order, until `signal` aborts. */
function createQueue<T>(signal: AbortSignal): { push(item: T): void; items: AsyncIterable<T> } {
  const waiting: T[] = [];
  let wake = () => {};
  signal.addEventListener('abort', () => wake());
  async function* items(): AsyncGenerator<T> {
    while (!signal.aborted) {
      while (waiting.length > 0 && !signal.aborted) yield waiting.shift()!;
      if (!signal.aborted && waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    push(item) {
      waiting.push(item);
      wake();
    },
    items: items(),
  };
}

import type { Kept } from './entry.ts';
import type { Entry, Known, Ledger } from './ledger.ts';

/** Where an entry is found again; `time`: when it was put, UTC ms. */
export type Place = { version: number; time: number };

/** What is known of a ledger, in memory: of each key the places of its versions, and who waits for more. */
export type Book<P extends Place> = Pick<Ledger, 'get' | 'list' | 'watch'> & {
  /** Notes an entry that was read; false: its key and version are known, so it does not count. */
  take(key: string, place: P): boolean;
  find(key: string, version: number): P | undefined;
  /** Every place, by key, in the order of versions. */
  all(): P[];
  /** Lets go of places. */
  drop(isGone: (place: P) => boolean): void;
};

/**
 * @param read a place → its entry
 * @param isMoved whether an entry that is known stands at a place that was read later by now, and no longer where it was
 */
export function createBook<P extends Place>(
  read: (place: P) => Kept,
  isMoved: (known: P, place: P) => boolean = () => false,
): Book<P> {
  /** By the first part of a key, so that a list is as long to find as what is kept of its kind. */
  const kinds = new Map<string, Map<string, P[]>>();
  const watchers = new Set<(key: string, place: P) => void>();
  const placesOf = (key: string) => kinds.get(kindOf(key))?.get(key);
  const under = (prefix: string): Known[] => {
    const found: Known[] = [];
    for (const kind of prefix.includes('/') ? [kinds.get(kindOf(prefix))] : kinds.values())
      for (const [key, all] of kind ?? []) {
        const { version, time } = all.at(-1)!;
        if (key.startsWith(prefix)) found.push({ key, version, time, first: all[0]!.time });
      }
    return found;
  };
  const shown = (place: P): Entry => {
    const { id: _, ...entry } = read(place);
    return entry;
  };
  return {
    take(key, place) {
      const known = placesOf(key);
      if (!known) kinds.set(kindOf(key), (kinds.get(kindOf(key)) ?? new Map<string, P[]>()).set(key, [place]));
      else if (!insert(known, place, isMoved)) return false;
      for (const told of watchers) told(key, place);
      return true;
    },
    find(key, version) {
      const known = placesOf(key) ?? [];
      const place = known[placeFor(known, version)];
      return place?.version === version ? place : undefined;
    },
    async get(key) {
      const newest = placesOf(key)?.at(-1);
      return newest ? shown(newest) : null;
    },
    async list(prefix, { history = false, pick } = {}) {
      return sorted(pick ? pick(under(prefix)) : under(prefix)).flatMap(({ key }) =>
        (history ? placesOf(key)! : placesOf(key)!.slice(-1)).map(shown),
      );
    },
    watch(prefix, signal) {
      const { push, items } = createQueue<Entry>(signal);
      // Read at once: it may not stand there for long.
      const told = (key: string, place: P) => void (key.startsWith(prefix) && push(shown(place)));
      watchers.add(told);
      signal.addEventListener('abort', () => watchers.delete(told));
      return items;
    },
    all: () => sorted(under('')).flatMap(({ key }) => placesOf(key)!),
    drop(isGone) {
      for (const places of kinds.values())
        for (const [key, known] of places) {
          const left = known.filter((place) => !isGone(place));
          if (left.length === 0) places.delete(key);
          else if (left.length < known.length) places.set(key, left);
        }
    },
  };
}

const sorted = (known: readonly Known[]): Known[] => [...known].sort((a, b) => (a.key < b.key ? -1 : 1));

const kindOf = (key: string): string => key.split('/', 1)[0]!;

/** Keeps the order of versions; false: it is there. */
function insert<P extends Place>(known: P[], place: P, isMoved: (known: P, place: P) => boolean): boolean {
  const at = placeFor(known, place.version);
  const there = known[at];
  if (there?.version === place.version) {
    if (isMoved(there, place)) known[at] = place;
    return false;
  }
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

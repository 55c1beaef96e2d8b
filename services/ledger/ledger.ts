/** What was decided under a key: a row's versions are its history. `time` is when it was put, UTC ms. */
export type Entry<T = unknown> = { key: string; version: number; value: T; time: number };

/** What is known of a key without reading what it holds: its newest version, when that was put, and when its first was, UTC ms. */
export type Known = Pick<Entry, 'key' | 'version' | 'time'> & { first: number };

/** `history`: every version, in order; `pick`: of the keys those that are read, however many there are. */
type Listing = { history?: boolean; pick?: (known: Known[]) => Known[] };

/** Bytes of an entry's value as JSON at most. */
export const VALUE_MAX = 64 * 1024;

/**
 * The append-only list of what was decided: job runs, locks, export windows, views. Keys are paths (`run/presences/2026-11-03`).
 * Any number of processes may write; of two entries of one (key, version) the first wins, and the other writer is told.
 */
export type Ledger = {
  /** Resolves once the entry is safe: true if it is the first of its key and version, false if another one was before. */
  put(key: string, version: number, value: unknown): Promise<boolean>;
  /** The newest version of a key; null if there is none. */
  get(key: string): Promise<Entry | null>;
  /** The newest versions of all keys that begin so, by key. */
  list(prefix: string, options?: Listing): Promise<Entry[]>;
  /** Entries under a prefix that are put after the call, by anybody, each once, until `signal` aborts. */
  watch(prefix: string, signal: AbortSignal): AsyncIterable<Entry>;
};

/** Of all entries those that stay; null: it is left as it is. */
export type Staying = <E extends Entry>(entries: E[]) => E[] | null;

/** A ledger that can be written anew while it is used. */
export type Renewable = Ledger & {
  /** Lets go of entries. Resolves to how many went. Puts and readers go on meanwhile, and lose nothing that stays. */
  renew(staying: Staying): Promise<number>;
};

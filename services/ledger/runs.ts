import type { Entry, Ledger } from './ledger.ts';
import type { Derived } from './manifest.ts';

/** What a job says of itself to whoever lists jobs. */
export type JobSaid = {
  name: string;
  summary: string;
  cron: string;
  after: string[];
  /** days before whose results of those it reads too */
  back?: number;
  zone: string;
  /** it makes something of a day; else it tidies up */
  daily: boolean;
};

/** How long after its end (ms) a day is due: what comes later touches it. */
export const DUE_MS = 15 * 60_000;

/** A revision of a dataset that a run made; `isNew` false: it equals the one before. */
type Revised = { dataset: Derived; revision: number; isNew: boolean };

/** The last good result of a job for a day, and what it was made from: that decides whether it has to be made again. */
export type Good = {
  rows: number;
  seconds: number;
  revisions: Revised[];
  /** UTC ms */
  ended: number;
  /** version of `touched/<day>`, or of what called for it, that it had seen */
  touched: number;
  /** version of its run when it last made something new */
  changed: number;
  /** of each job before it, `changed`; `… back`: the sum of it over the days before that are read too */
  after: Record<string, number>;
  /** the request that it was made for, or the last that asked for it again */
  request: string | null;
};

/** A run of a job for a day of the venue's zone; one without a day tidies up. A key's versions are its history. */
export type Run = {
  job: string;
  day: string | null;
  state: 'running' | 'done' | 'failed';
  /** since it was done, or given up */
  attempt: number;
  /** UTC ms */
  began: number;
  ended: number | null;
  error: string | null;
  /** it failed, and is tried again at this instant (UTC ms); null: when something touches the day, or its cron comes round */
  retry: number | null;
  /** version of `touched/<day>`, or of what called for it, when it began */
  touched: number;
  /** version of the lock that it runs under */
  fence: number;
  request: string | null;
  good: Good | null;
};

/** How far a run is, 0 to 1, and in words. `parts`: the same of those of several things that it is at, by their keys. */
export type Progress = { day: string | null; share: number; words: string; parts?: readonly ProgressOf[] };
export type ProgressOf = { key: string; share: number; words: string };

/** Whether a job waits for somebody to go on with it. */
export type Pause = { paused: boolean };

/** Somebody wants days run (first and last, both in): those that are due; with `again` those that are done, too. */
export type Request = {
  job: string;
  from: string;
  until: string;
  again: boolean;
  state: 'asked' | 'done';
  /** when it is done: what became of each day */
  days: Asked[];
};
export type Asked = {
  day: string;
  state: 'done' | 'failed';
  rows: number | null;
  seconds: number | null;
  revision: number | null;
  isNew: boolean;
  error: string | null;
};

/** A day of which something is due is being written to, or was. `since`: the version of this from which it holds something new. */
export type Touched = { open: boolean; since: number };

/** Days that wait for a job, as of when it was last looked. */
export type Due = { days: number };

/** Who runs jobs, until when (UTC ms); its version is the fence. */
export type Lock = { owner: string; until: number };

/** Where each of these lies. */
export const KEYS = {
  job: (name: string) => `job/${name}`,
  run: (name: string, day: string | null) => `run/${name}/${day ?? 'all'}`,
  progress: (name: string) => `progress/${name}`,
  pause: (name: string) => `pause/${name}`,
  /** something that a job keeps up with is different */
  call: (name: string) => `call/${name}`,
  due: (name: string) => `due/${name}`,
  request: (name: string, id: string) => `request/${name}/${id}`,
  touched: (day: string) => `touched/${day}`,
  lock: 'lock/jobs',
  /** held by whoever needs them to rest: jobs break off what they are at, and begin nothing */
  way: 'lock/way',
  /** who began to run jobs last, at work or not */
  runner: 'runner',
  /** what was derived before it is gone: the house was renewed */
  renewed: 'renewed',
} as const;

/** Has what keeps up look at once, in whichever process it is. */
export const call = (ledger: Ledger, name: string): Promise<number> => say(ledger, KEYS.call(name), { at: Date.now() });

/** How often a change is tried where others change the same. */
const TRIES_MAX = 20;

/** The newest value of a key; null where there is none. */
export async function valueAt<T>(ledger: Ledger, key: string): Promise<T | null> {
  return ((await ledger.get(key)) as Entry<T> | null)?.value ?? null;
}

/** The newest values below a prefix, by key. */
export async function entriesIn<T>(ledger: Pick<Ledger, 'list'>, prefix: string): Promise<Map<string, Entry<T>>> {
  const entries = (await ledger.list(prefix)) as Entry<T>[];
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** Puts a value as the next version, unless the newest one equals it; over races. Resolves to its version. */
export async function say(ledger: Ledger, key: string, value: unknown): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const newest = await ledger.get(key);
    if (newest && JSON.stringify(newest.value) === JSON.stringify(value)) return newest.version;
    const version = (newest?.version ?? 0) + 1;
    if (await ledger.put(key, version, value)) return version;
  }
  throw new Error(`ledger: ${key} could not be put, others were faster ${TRIES_MAX} times`);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, type Filling, LOADED_FROM, PARTITION } from '../model/batch.ts';
import type { Heard } from './duckdb.ts';
import { appender, type InfluxReceipt, type Numbers, type Tools } from './influx/append.ts';
import { checkInflux } from './influx/check.ts';
import { fillBucket } from './influx/filling.ts';
import { forgetBadges } from './influx/forget.ts';
import { type Holdings, holdingsOf } from './influx/holdings.ts';
import { type Answer, type Post, poster } from './influx/post.ts';
import { type Query, querier } from './influx/query.ts';
import { inNs, readObservations } from './influx/read.ts';
import { recentContents } from './influx/recent.ts';
import type { Influx } from './influx/refused.ts';
import { sender } from './influx/send.ts';
import { seriesBook } from './influx/series.ts';
import { type Decisions, ownDecisions } from './influx/tags.ts';
import { microsOf } from './read.ts';
import { writeParquet } from './staging.ts';
import type { Store } from './store.ts';

export { type Influx, InfluxRefused } from './influx/refused.ts';
export type { Decision, Decisions } from './influx/tags.ts';

/** A `Store` in a bucket of InfluxDB 2, and what only this engine has. */
export type InfluxStore = Omit<Store, 'append'> & {
  /** As `Store.append`, but what is stored of a batch that fails stays: it comes again and lands on the same points. */
  append(batch: Batch): Promise<InfluxReceipt>;
  counts(): InfluxCounts;
  holdings: Holdings;
  /** what happened before it the bucket does not keep, UTC ms; −Infinity: it keeps all */
  keptFrom(): number;
  /** Deletes badges (pseudonyms) and rejects that name them; no number of a batch is taken again. Nobody may store meanwhile. */
  forgetBadges(badges: string[]): Promise<Heard>;
  /** Ends all waiting: what is not safe by now is thrown at whoever appended it. */
  close(): void;
};

/** Pairs of gateway and badge with a tag, observations without one, dead letters, and how often we had to wait. */
type InfluxCounts = { pairs: number; others: number; deadLetters: number; waits: number };

export type InfluxOptions = Influx & {
  /** 0: for ever */
  keepDays: number;
  /** pairs of gateway and badge from which on a new badge gets no tag */
  seriesMax: number;
  /** which badges have a tag, as all decided who write to this bucket; without it, as this store does alone */
  decisions?: Decisions;
  /** who gives positions; a bucket that another has filled is refused */
  filling?: Filling;
  deadLetter: Tools['deadLetter'];
  /** told each time that the server makes us wait */
  waited?(answer: Answer, ms: number): void;
  /** told once, a sentence, that badges go under `other` from now on */
  warn?(sentence: string): void;
  now?(): number;
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
  zip?: boolean;
  timeoutMs?: number;
};

/** Requests at once. */
const CONNECTIONS = 4;
const TIMEOUT_MS = 60_000;

/**
 * Opens a bucket. The same content lands on the same point, so storing it twice leaves one; `duplicates` and the first
 * `received` reach back ten minutes, and not over a restart. Throws `InfluxRefused`, a sentence, if the database
 * cannot be used; so does `append` when it no longer can.
 */
export async function influxStore(options: InfluxOptions): Promise<InfluxStore> {
  const { zip = true, timeoutMs = TIMEOUT_MS, now = Date.now, seriesMax, keepDays, warn = () => {} } = options;
  const ending = new AbortController();
  const { post, close } = poster(options, { connections: CONNECTIONS, timeoutMs, zip });
  const query = querier(options);
  const keptMs = await checkInflux(options, post, query, keepDays);
  const full = () =>
    warn(`SERIES_MAX: ${seriesMax} pairs of gateway and badge have tags; new badges go under badge=other`);
  const stored = () => pairsIn(query);
  const book = seriesBook({
    decisions: options.decisions ?? ownDecisions(),
    keptMs,
    known: await stored(),
    stored,
    others: (from) => othersIn(query, from),
    max: seriesMax,
    now,
    full,
  });
  const counts = { deadLetters: 0, waits: 0 };
  const send = senderOf(post, ending.signal, options, counts);
  if (options.filling) await fillBucket(query, send, options.bucket, options.filling);
  const append = appender({
    book,
    recent: recentContents(now),
    now,
    keptMs,
    send,
    lastNumbers: () => lastNumbers(query),
    reserve: (past) => send(takenLines({ past }, now())),
    deadLetter(what, reason, position) {
      counts.deadLetters++;
      return options.deadLetter(what, reason, position);
    },
  });
  return {
    append,
    read: (span, where = {}) => readObservations(query, span, where),
    copy(span, file, signal, what = 'river') {
      const copying = { statement: `copy_${what}` as const, values: microsOf(span) };
      return writeParquet(readObservations(query, span, {}), file, copying, signal);
    },
    counts: () => ({ ...book.counts(), ...counts }),
    holdings: holdingsOf(query),
    keptFrom: () => now() - keptMs,
    async forgetBadges(badges) {
      await send(takenLines(await lastNumbers(query), now()));
      return forgetBadges(options, query, badges);
    },
    close() {
      ending.abort(new Error('the store was closed before this was stored'));
      close();
    },
  };
}

function senderOf(post: Post, signal: AbortSignal, options: InfluxOptions, counts: { waits: number }) {
  const { now = Date.now, pause = (ms, until) => sleep(ms, undefined, { signal: until }) } = options;
  return sender(post, {
    signal,
    pause,
    waited(answer, ms) {
      counts.waits++;
      options.waited?.(answer, ms);
    },
    probe: () => `probe alive=t ${now()}000000`,
  });
}

/** What says that numbers were taken, once nothing is left of their batches. */
const takenLines = (numbers: Partial<Numbers>, now: number) =>
  Object.entries(numbers).map(([river, position]) => ({
    text: `taken,river=${river} position=${position}i ${now}000000`,
    bad: (reason: string) => {
      throw new Error(`InfluxDB did not take the last number of a batch: ${reason}`);
    },
  }));

async function lastNumbers(query: Query): Promise<Numbers> {
  const last = async (low: number, high: number) => {
    const found = await query.ask('last_position', { low, high });
    return Math.max(low, ...found.map(({ max }) => Number(max)));
  };
  return { now: await last(0, PARTITION), past: await last(LOADED_FROM, Number.MAX_SAFE_INTEGER) };
}

/** The pairs of gateway and badge that are stored, from `sighting,badge=…,gateway=…`. */
async function pairsIn(query: Query): Promise<[string, string][]> {
  const pairs: [string, string][] = [];
  for await (const records of query.stream('series', {}))
    for (const [, , key] of records) {
      const [, badge, gateway] = /^sighting,badge=([^,]+),gateway=([^,]+)$/.exec(key!) ?? [];
      if (badge && gateway) pairs.push([gateway, badge]);
    }
  return pairs;
}

/** When badges that have no tag were heard last, UTC ms: those that were at or after an instant. */
async function othersIn(query: Query, from: number): Promise<Map<string, number>> {
  const newest = new Map<string, number>();
  for await (const records of query.stream('others', { from: inNs(from) }))
    for (const [, , ns, badge] of records) newest.set(badge!, Math.max(+ns!.slice(0, -6), newest.get(badge!) ?? 0));
  return newest;
}

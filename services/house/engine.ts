import { join } from 'node:path';
import { timeIn } from '../answer/cursor.ts';
import { Refused } from '../answer/refused.ts';
import { type Totals, totals } from '../answer/totals.ts';
import { fileOf, readParts } from '../ledger/manifest.ts';
import type { Left } from '../model/forgetting.ts';
import { type Query, ROWS } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import { type ClosedHour, COPIED_MAX, copyOf, TooMuch } from '../store/copy.ts';
import { COPIES, type Database, openDatabase } from '../store/database.ts';
import { type DuckdbStore, duckdbStore, type Heard } from '../store/duckdb.ts';
import type { InfluxStore } from '../store/influx.ts';
import { memoryIn } from '../store/memory.ts';
import { rewriteDue, rewriteLater } from '../store/rewrite.ts';
import type { Store } from '../store/store.ts';

/** Tables that are open for a question; whoever asked closes them. */
type Tables = Pick<Database, 'connect' | 'close'> & {
  /** they have no more than what happened from here on, UTC ms */
  from?: number;
};

/** What a house stores with: the store, and what else an engine has to be able to do. */
export type Engine = {
  store: Store;
  /** The tables with what a question is about. Throws `Refused` where that is too much. */
  tables(query: Query, signal?: AbortSignal): Promise<Tables>;
  totals(): Promise<Totals>;
  /** The quarters of an hour in which something was observed, by when they begin, UTC ms, in order. */
  quarters(): Promise<number[]>;
  /** Forgets what is older than an instant, UTC ms. */
  expire(before: number): Promise<void>;
  forgetSimulated(): Promise<void>;
  /** Forgets badges (pseudonyms). Resolves to when they were heard, and how often. */
  forgetBadges(badges: string[]): Promise<Heard>;
  /** Where bytes of what is forgotten at an instant (UTC ms) may still lie. */
  leaves(now: number): Promise<Left[]>;
  /** Prepares a snapshot of what is stored, as `DuckdbStore` has it; null: the server is backed up by its own means. */
  prepareSnapshot: DuckdbStore['prepareSnapshot'] | null;
  /** What happened before it is not kept, UTC ms; null: the store forgets nothing by itself. */
  keptFrom: (() => number) | null;
  /** What the embedded database holds in memory by what it is for, bytes; null: the server is another process. */
  memory: (() => Promise<Record<string, number>>) | null;
  /** Rises with whatever is stored or forgotten; null: others write there too. */
  written: (() => number) | null;
  close(): Promise<void>;
};

/** DuckDB, in a folder or (null) in memory. */
export async function duckdbEngine(folder: string | null): Promise<Engine> {
  if (folder !== null) await rewriteDue(folder);
  const database = await openDatabase(folder);
  const store = await duckdbStore(database);
  return {
    store,
    tables: async () => ({ connect: database.connect, close: () => undefined }),
    totals: () => totals(database),
    quarters: store.quarters,
    expire: store.expire,
    forgetSimulated: store.forgetSimulated,
    forgetBadges(badges) {
      if (folder !== null) rewriteLater(folder);
      return store.forgetBadges(badges);
    },
    leaves: async () =>
      folder === null
        ? []
        : [{ where: 'hallway.duckdb', until: null, why: 'the next start of the service writes the file anew' }],
    prepareSnapshot: store.prepareSnapshot,
    keptFrom: null,
    memory: () => memoryIn(database),
    written: store.written,
    async close() {
      await store.close();
      database.close();
    },
  };
}

/**
 * InfluxDB, asked by copies: what a question is about is copied into a DuckDB for as long as it takes, but for the hours that
 * jobs have written into Parquet below `house`, which are read there.
 */
export function influxEngine(store: InfluxStore, now: () => number = Date.now, house: string | null = null): Engine {
  return {
    store,
    async tables(query, signal) {
      try {
        const { connect, close, from } = await copyOf(
          store,
          wantedOf(query),
          now(),
          house === null ? [] : closedIn(house),
          house === null ? [] : [join(house, COPIES)],
          signal,
        );
        return { connect, close, ...(from > ALL.from && { from }) };
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        const expected = `a span with at most ${COPIED_MAX} rows, by from and until`;
        throw new Refused([{ pointer: '/from', expected, found: `${error.found} rows` }]);
      }
    },
    totals: () => store.holdings.totals(now()),
    quarters: store.holdings.quarters,
    // The bucket forgets by its own retention.
    expire: async () => undefined,
    async forgetSimulated() {
      const expected = 'a bucket of its own for what is simulated: InfluxDB deletes by tags and time alone';
      throw new Refused([{ pointer: '', expected, found: 'one that holds other observations too' }]);
    },
    forgetBadges: store.forgetBadges,
    leaves: async () => [
      { where: 'InfluxDB', until: null, why: 'it takes the bytes out of its own files when it compacts them' },
    ],
    prepareSnapshot: null,
    keptFrom: store.keptFrom,
    memory: null,
    written: null,
    close: async () => store.close(),
  };
}

/** The hours that jobs have written, as far as a manifest names them. */
const closedIn = (house: string): ClosedHour[] =>
  readParts(house, 'observations').map((part) => ({ ...part, file: fileOf(house, 'observations', part) }));

/** No observation is stored outside these. */
const ALL: Span = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2101, 0, 1) };
/** A page by time goes on at the instant of its cursor, which the question itself checks. */
function before(cursor: string): Partial<Span> {
  const until = timeIn(cursor);
  return until === null ? {} : { until: until + 1 };
}

/** What is newest first, and needs no more than its newest. */
const NEWEST = new Set([undefined, '-time', '-received', '-position']);

function wantedOf({ dataset, span, sort, limit, cursor, filters, toFile = false }: Query) {
  const isPlain = Object.values(filters ?? {}).every((value) => value === undefined);
  const isOn = cursor !== undefined && (sort === undefined || sort === '-time');
  const isNewest = isPlain && NEWEST.has(sort) && (cursor === undefined || isOn);
  return {
    asMany: dataset === 'gateways' && span?.from === undefined && span?.until === undefined,
    what: dataset === 'rejects' ? ('rejects' as const) : ('observations' as const),
    // A reject stands in the bucket when it was taken; its span is about when it was received.
    span: dataset === 'rejects' ? ALL : { ...ALL, ...span, ...(isOn && before(cursor)) },
    max: toFile ? Number.POSITIVE_INFINITY : COPIED_MAX,
    newest: isNewest && dataset !== 'gateways' && limit !== null ? (limit ?? ROWS) : null,
  };
}

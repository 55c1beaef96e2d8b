import type { Ledger } from '../services/ledger/ledger.ts';
import type { Derived } from '../services/ledger/manifest.ts';
import type { ProgressOf } from '../services/ledger/runs.ts';
import type { Copied } from '../services/model/copied.ts';
import type { Day } from '../services/model/day.ts';
import type { Meta } from '../services/model/query.ts';
import type { Asked } from '../services/model/schedule.ts';
import type { Span, Venue } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import type { AsSeen } from '../services/store/record.ts';

/** What a run made: rows written, and the revision of each dataset of the day; `isNew` false: it equals the one before. */
export type Made = { rows: number; revisions: { dataset: Derived; revision: number; isNew: boolean }[] };

/**
 * What waits its time: it makes something of one whole day of the venue's zone, again and again with the same result. A run
 * that fails or is killed leaves what was published before it.
 */
export type Job = {
  name: string;
  /** in a sentence, for the list of jobs */
  summary: string;
  /** when it is looked what is due: five fields, in the venue's zone */
  cron: string;
  /** jobs whose result of the same day it reads: they go first */
  after: string[];
  /** days before whose results of those jobs it reads too: what changes there makes it due again, once all of it is settled */
  back?: number;
  run(day: Day, bench: Bench): Promise<Made>;
};

/** What keeps up, of no day that has ended: as often as its cron says; what was missed is made up for once. */
export type Chore = Pick<Job, 'name' | 'summary' | 'cron'> & {
  /** Resolves to how much it did. */
  tidy(bench: Bench): Promise<number>;
};

/** What a run works with. */
export type Bench = {
  /** where store, record and what is derived lie (`DATA_DIR/main`) */
  house: string;
  /** the newest version */
  venue: Venue;
  record: Pick<AsSeen, 'texts' | 'days' | 'last'>;
  /** what people decided */
  ledger: Ledger;
  /**
   * Asks the house, which writes all rows of the answer into a Parquet file (`ASIDE_FILE` below `copies`). Resolves to what it
   * says of itself. It stops with the run, or when `signal` aborts.
   */
  ask(asked: Asked, file: string, signal?: AbortSignal): Promise<Meta>;
  /** Has the store copy a span (`time`, UTC ms) into a Parquet file. Resolves to its path; the file goes when the run ends. */
  copy(span: Span, what: Copied): Promise<string>;
  /** A DuckDB of its own that may read and write below `house`, bounded in memory; it ends with the run, if nobody closes it before. */
  database(): Promise<Memory>;
  now(): number;
  /** from when results are kept, UTC ms; for ever without it */
  keepFrom?(): number;
  /** how far it is, 0 to 1, and in words; of several things, those that it is at too */
  progress(share: number, words: string, parts?: readonly ProgressOf[]): void;
  signal: AbortSignal;
};

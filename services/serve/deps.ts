import type { Readable } from 'node:stream';
import type { Registry } from 'prom-client';
import type { Ask } from '../answer/answer.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Batch } from '../model/batch.ts';
import type { FilmOrder, FilmRow } from '../model/film-order.ts';
import type { Plan } from '../model/plan.ts';
import type { Meta } from '../model/query.ts';
import type { Asked } from '../model/schedule.ts';
import type { Span } from '../model/venue.ts';
import type { Inbox } from '../source/inbox.ts';

/** A line of a load's progress; the last one has `done` true or an `error`. */
export type LoadProgress = Record<string, unknown>;

/** What is known of the process that serves, for probes and for the command line. */
export type Status = {
  ready: boolean;
  /** tells one running service from another */
  instance: string;
  observations: number;
  duplicates: number;
  rejects: number;
  /** observations and rejects that nobody simulated */
  own: number;
  waiting: number;
  /** a simulated event is being told */
  simulated: boolean;
  /** how much of a recording is replayed, 0 to 1; null: nothing is */
  replayed: number | null;
  /** the second of the newest frame, UTC ms; null before the first */
  frame: number | null;
  /** when the newest stored observation was received, UTC ms; null if there is none */
  received: number | null;
};

/** A simulated event, as far as it is told; times are UTC ms. */
export type DemoShown = {
  state: 'laying' | 'told' | 'over';
  /** of its past that is laid, 0 to 1 */
  share: number;
  people: number;
  from: number;
  until: number;
  /** last year's event and ordinary weeks are stored too */
  hasHistory: boolean;
  /** why its past is not there */
  problem: string | null;
};

/** What a process hands to its jobs, and to nobody without its own token. */
export type JobsDeps = {
  token: string;
  /** Writes a span (`time`, UTC ms) into a file. Resolves to its name below the house's `copies`. */
  copy: (span: Span, signal: AbortSignal) => Promise<string>;
  /** Writes what a schedule asks into a file of that name below the house's `copies`. */
  answer: (asked: Asked, name: string, signal: AbortSignal) => Promise<Meta>;
  /** the quarters of an hour in which something was observed, by when they begin, UTC ms, in order */
  quarters: () => Promise<number[]>;
};

/** The drawings of the venue's floors, as untrusted SVGs have them. */
export type PlansDeps = {
  list(): Plan[];
  /** Reads an SVG and keeps nothing; null where the venue has no such floor. */
  draw(floor: string, svg: string, metres: number | null): Promise<{ plan: Plan } | { refused: string } | null>;
  keep(plan: Plan): void;
  /** whether there was one */
  drop(floor: string): boolean;
};

/** Films that are made beside the service. */
export type FilmsDeps = {
  /** the newest first */
  list(): FilmRow[];
  /** Makes a film when its turn comes. Null: so many wait that no more are taken. */
  order(order: FilmOrder): FilmRow | null;
  /** Ends the making of a film and forgets it, or null where there is none. */
  drop(id: string): FilmRow | null;
  /** the file of a film that is made */
  file(id: string): string | null;
};

/** Everything the routes need from outside. */
export type Deps = {
  ask: Ask;
  inbox: Inbox;
  /** A whole body as it came over HTTP → what it means, a batch at a time. Throws `Unreadable`. */
  read: (body: Buffer) => Promise<Iterable<Batch>>;
  /** Streams a file into the store; ends early when `signal` aborts. */
  load: (bytes: Readable, name: string, signal: AbortSignal) => AsyncIterable<LoadProgress>;
  demo: () => DemoShown | null;
  endDemo: () => Promise<void>;
  /** frames as they are made */
  fanout: Fanout;
  status: () => Status;
  metrics: Registry;
  /** what was decided; that of the jobs is shown */
  ledger: () => Ledger;
  /** folder of what is derived and exported; null: there is none */
  house: () => string | null;
  /** of the venue */
  zone: () => string;
  plans: PlansDeps;
  films: FilmsDeps;
  /** for the jobs of this process alone; null: it stores nothing itself */
  jobs: JobsDeps | null;
  /** Does a process run jobs, here or elsewhere? Not if this one was started with JOBS=off and no other does. */
  hasJobs: () => Promise<boolean>;
  /** each of them opens; none: this machine alone may ask, and needs none */
  tokens: readonly string[];
  /** folder of the built pages */
  pages: string;
  logLevel: string;
};

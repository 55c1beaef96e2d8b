import type { Readable } from 'node:stream';
import type { Registry } from 'prom-client';
import type { Ask } from '../answer/answer.ts';
import type { EachFrame } from '../answer/seen.ts';
import type { Row } from '../formats/format.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Roll } from '../ledger/roll.ts';
import type { UsageRow } from '../ledger/usage.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Wellness } from '../live/live.ts';
import type { Batch } from '../model/batch.ts';
import type { Copied } from '../model/copied.ts';
import type { FilmOrder, FilmRow } from '../model/film-order.ts';
import type { Receipt } from '../model/forgetting.ts';
import type { ShownFrame } from '../model/frame.ts';
import type { Plan } from '../model/plan.ts';
import type { GivenProgramme, Programme } from '../model/programme.ts';
import type { Meta } from '../model/query.ts';
import type { Reason } from '../model/reject.ts';
import type { Asked } from '../model/schedule.ts';
import type { SignIn } from '../model/sign-in.ts';
import type { Member, Span, Venue, VenueFile } from '../model/venue.ts';
import type { Inbox } from '../source/inbox.ts';
import type { Door } from './door.ts';
import type { Screens } from './screens.ts';
import type { TlsFiles } from './tls.ts';

/** A line of a load's progress; the last one has `done` true or an `error`. */
type LoadProgress = Record<string, unknown>;

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
  /** a simulated event is being told, here or by somebody who sends it */
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

/** What a process hands to its jobs and to commands of this machine, and to nobody without its own token. */
type JobsDeps = {
  token: string;
  /** Writes a span (`time`, UTC ms) into a file. Resolves to its name below the house's `copies`. */
  copy: (span: Span, signal: AbortSignal, what: Copied) => Promise<string>;
  /** Writes what a schedule asks into a file of that name below the house's `copies`. */
  answer: (asked: Asked, name: string, signal: AbortSignal) => Promise<Meta>;
  /** the quarters of an hour in which something was observed, by when they begin, UTC ms, in order */
  quarters: () => Promise<number[]>;
  /** Backs the house up into a folder of this machine; tells how far it is, last what was made or why not. */
  backUp: (folder: string, signal: AbortSignal) => AsyncIterable<object>;
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

/** What became of a change of the venue: a new version, or the same, or every fault of what it would be. */
export type Changed = { version: string; isNew: boolean } | { faults: Reason[] };

/** The venue, and how people change it. Changes throw where the past of a demo is being laid. */
export type VenueDeps = {
  current(): Venue;
  /** Edits the file as somebody wrote it; it is kept as a version, written back, and worked in from now on. */
  change(edit: (file: VenueFile) => VenueFile): Promise<Changed>;
  /** who is in which group by what was said in the panel: the newest version, or that one; null where it is no more */
  roll(version?: number): Roll | null;
  /** The rows of a `badges.csv`, their ids hashed. Throws an Error that names the line and quotes no id. */
  members(csv: string): Member[];
  enroll(members: Member[]): Promise<Roll>;
};

/** The programme of a calendar; what cannot be read is said in `error`. */
export type ProgrammeDeps = {
  get(): Promise<Programme>;
  put(given: GivenProgramme): Promise<Programme>;
  read(): Promise<Programme>;
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

/** Counts of what people use. */
type UsageDeps = {
  /** a page of ours was opened */
  viewed(page: string): void;
  /** by day, newest first, from a day on */
  read(since?: string): Promise<UsageRow[]>;
};

/**
 * How one process does, and who listens to its frames: rows of `/v1/application` and `/v1/screens`; and how each gateway was in the
 * frame that it made last, null: it makes none.
 */
export type ProcessSaid = { application: Row; screens: Row[]; wellness: Record<string, Wellness> | null };

/** Everything the routes need from outside. */
export type Deps = {
  ask: Ask;
  inbox: Inbox;
  /** A whole body as it came over HTTP → what it means, a batch at a time. Throws `Unreadable`. */
  read: (body: Buffer) => AsyncGenerator<Batch>;
  /** Streams a file into the store; ends early when `signal` aborts. */
  load: (bytes: Readable, name: string, signal: AbortSignal) => AsyncIterable<LoadProgress>;
  /** Forgets a badge, by its id or its pseudonym, in everything that is kept. */
  forget: (badge: string, who: string) => Promise<Receipt>;
  demo: () => DemoShown | null;
  endDemo: () => Promise<void>;
  /** frames as they are made; `publicly`: for the scopes below `viewer` */
  fanout: Fanout;
  publicly: Fanout<ShownFrame>;
  /** how each gateway that ever spoke was in the newest frame; null: nobody who makes frames has said so lately */
  wellness: () => ReadonlyMap<string, Wellness> | null;
  status: () => Status;
  metrics: Registry;
  /** open streams of frames of this process */
  screens: Screens;
  /** how this process does, then the others of the deployment */
  processes: () => Promise<ProcessSaid[]>;
  /** what was decided; that of the jobs is shown. Nothing can be put while the past of a demo is laid: that is a 503 */
  ledger: () => Ledger;
  /** folder of what is derived and exported; null: there is none */
  house: () => string | null;
  /** what people use, in numbers */
  usage: UsageDeps;
  /** of the venue */
  zone: () => string;
  venue: () => Venue;
  /** what time it is for the screens, UTC ms: a recording has its own */
  clock: () => number;
  /** Tells each frame of a span (UTC ms) as it was shown, in order. */
  shown: (span: Span, each: EachFrame, signal: AbortSignal) => Promise<void>;
  plans: PlansDeps;
  changes: VenueDeps;
  programme: ProgrammeDeps;
  films: FilmsDeps;
  /** for the jobs of this process alone; null: it stores nothing itself */
  jobs: JobsDeps | null;
  /** Does a process run jobs, here or elsewhere? Not if this one was started with JOBS=off and no other does. */
  hasJobs: () => Promise<boolean>;
  /** how many days observations, and what was shown and made of them, are kept; 0: for ever */
  keeps: { days: number; resultsDays: number };
  /** counts are rounded for the public */
  isRounded: boolean;
  /** who gets in */
  door: Door;
  /** where people sign in; null: nowhere */
  signIn: SignIn | null;
  /** whose X-Forwarded headers are believed */
  proxies: string[];
  /** files by which HTTPS is spoken; null: HTTP */
  tls: TlsFiles | null;
  /** folder of the built pages */
  pages: string;
  logLevel: string;
};

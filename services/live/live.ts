import { deserialize, serialize } from 'node:v8';
import { createFramer, type Framer, type FramesState } from '../locate/frames.ts';
import type { Wellness } from '../locate/hearing.ts';
import { type Change, type Present, RULE } from '../locate/locate.ts';
import { begun } from '../locate/presences.ts';
import { GIVE_UP_MIN_MS } from '../locate/rule.ts';
import type { Batch, Receipt } from '../model/batch.ts';
import type { Frame } from '../model/frame.ts';
import { type Began, type Ended, frameOf, type Line, lineOf, type Rooms, roomsOf, type Turn } from '../model/line.ts';
import { countedIn, type Venue } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import type { Ahead } from './ahead.ts';
import type { Baseline } from './expected.ts';
import { CATCH_UP_MS, type Fanout } from './fanout.ts';
import { groundOf } from './ground.ts';
import { positionsOf, type Reach, reached, reachOf } from './reach.ts';

export type { Wellness };

const SECOND_MS = 1000;
/** Frames that are overdue by up to this are still made; older seconds are a gap. */
const OVERDUE_MS = 10_000;
/**
 * A halt of what comes in that is longer than this is a gap, ms, which lasts until it was listened again for as long as any badge may be
 * quiet: before that nobody's silence says anything.
 */
const HALT_MS = GIVE_UP_MIN_MS / 2;
const LISTEN_MS = GIVE_UP_MIN_MS;
/** How often the state is saved, in frames, and a whole frame recorded. */
const SAVE_EVERY = 10;
const WHOLE_EVERY_MS = 60_000;
/** What a start without a state reads to learn what is usual. */
const WARM_MS = 25 * 3_600_000;

/** Raised when the state changes its form; one of another form is not taken up. */
const FORM = 4;

/** What the process needs to go on after a kill; plain data. */
type State = {
  form: number;
  ground: string;
  rule: string;
  time: number;
  positions: number[];
  rooms: Rooms | null;
  open: Map<string, Began>;
  framer: FramesState;
};

export type LiveOptions = {
  venue: Venue;
  record: Pick<AsSeen, 'append' | 'last' | 'after'>;
  /** where the state is kept: whole or not at all */
  state: { load(): Buffer | null; save(bytes: Buffer): void };
  /** what the river holds from an instant on (`time`, UTC ms), after what was read */
  ahead: (from: number, after: Reach) => Ahead | Promise<Ahead>;
  fanout: Pick<Fanout, 'push' | 'fill'>;
  /** UTC ms, never going back */
  clock: () => number;
  /** how long after a second its frame is made */
  graceMs: number;
  /** how many frames from one saved state to the next (10) */
  saveEvery?: number;
  /** since when nothing was taken in, because we did not listen, UTC ms; it is again when `start` resolves */
  haltedSince?: number;
  /** what is normal today, if that is known */
  baseline?: () => Baseline | null;
};

/** The one place where live frames are made. */
export type Live = {
  /** Takes up where the last process stopped: call it before anything is stored anew. */
  start(): Promise<void>;
  /** What was stored, in the order of positions. */
  take(batch: Batch, receipt: Receipt): void;
  /** Makes all frames that are due; seconds too long overdue are passed through without one. */
  advance(): void;
  /** Saves the state, as of the newest frame. */
  save(): void;
  /** how each gateway that ever spoke was in the newest frame */
  wellness(): Map<string, Wellness>;
  /** the second of the newest frame, UTC ms; −Infinity before the first */
  readonly time: number;
  /** how far each partition of the river was read */
  readonly reach: Reach;
};

/** Where a run has got to: the second ticked last, the frame made last, and what that showed. */
type Run = LiveOptions & {
  framer: Framer;
  second: number;
  reach: Reach;
  frame: number;
  rooms: Rooms | null;
  open: Map<string, Began>;
  /** the next frame goes on from no other: what is open is begun anew with it */
  isAnew: boolean;
  /** seconds up to this one are a gap, UTC ms */
  unheard: number;
  made: number;
  /** before a gap: who was there at the last frame, and when they were last heard */
  present: Present[];
};

export function createLive(options: LiveOptions): Live {
  const saved = loadState(options);
  const run: Run = {
    ...options,
    framer: createFramer(options.venue, saved?.framer, countedIn(options.venue)),
    second: saved?.time ?? Number.NEGATIVE_INFINITY,
    reach: reachOf(saved?.positions ?? []),
    frame: saved?.time ?? Number.NEGATIVE_INFINITY,
    rooms: saved?.rooms ?? null,
    open: saved?.open ?? new Map<string, Began>(),
    isAnew: saved === null,
    unheard: Number.NEGATIVE_INFINITY,
    made: 0,
    present: [],
  };
  return {
    start: () => start(run),
    take: (batch, receipt) => take(run, batch, receipt),
    advance: () => advance(run),
    save: () => save(run),
    wellness: () => run.framer.wellness(run.second),
    get time() {
      return run.frame;
    },
    get reach() {
      return new Map(run.reach);
    },
  };
}

/** A repeat changed nothing in the store, and changes nothing here. */
function take(run: Run, { observations, positions, past }: Batch, { position, duplicates }: Receipt): void {
  if (past) return;
  const repeated = new Set(duplicates);
  for (const [place, observation] of observations.entries()) if (!repeated.has(place)) run.framer.take(observation);
  for (const one of positions?.observations ?? [position]) reached(run.reach, one);
}

/** Takes the observations after the state again; seconds that the record has are passed through by their positions. */
async function start(run: Run): Promise<void> {
  const { clock, record, framer } = run;
  const isCold = run.rooms === null;
  const from = isCold ? clock() - WARM_MS : Number.NEGATIVE_INFINITY;
  const rows = await run.ahead(from, new Map(run.reach));
  if (isCold) run.second = wholeSecond(Math.max(from, (await rows.first()) ?? clock()));
  const state = run.second;
  let isKnown = isCold;
  let shown: Rooms | null = null;
  // Rooms are known from the whole frame that comes within a minute before those that screens may ask for.
  for await (const line of record.after(Math.min(state, clock() - CATCH_UP_MS - WHOLE_EVERY_MS) - SECOND_MS)) {
    if (line.time === state) shown ??= run.rooms;
    const frame: Frame | null = shown || line.whole ? frameOf(line, shown ?? new Map()) : null;
    shown = frame && roomsOf(frame);
    if (frame && line.time > clock() - CATCH_UP_MS) run.fanout.fill(frame);
    isKnown ||= line.time === state;
    if (line.time > state) await passThrough(run, line, shown, rows);
  }
  // What was shown is not made again, whatever became of the state.
  pass(run, record.last);
  run.frame = Math.max(run.frame, record.last);
  // The record ends before the state that was saved: its last lines did not survive.
  run.isAnew ||= !isKnown;
  await rows.upTo(null, (row) => {
    framer.take(row);
    reached(run.reach, row.position);
  });
  const { haltedSince } = run;
  if (haltedSince === undefined) return advance(run);
  // What is overdue is made with the next frame: by then what waited has been taken.
  if (clock() - haltedSince > HALT_MS) run.unheard = wholeSecond(clock() + LISTEN_MS);
}

/** A second that was shown: it is made again, to be where the run was, and not recorded again. */
async function passThrough(run: Run, line: Line, rooms: Rooms | null, rows: Ahead): Promise<void> {
  const reach = reachOf(line.positions);
  await rows.upTo(reach, run.framer.take);
  pass(run, line.time);
  if (line.anew) run.open.clear();
  for (const { badge } of line.ended) run.open.delete(badge);
  for (const presence of line.began) run.open.set(presence.badge, presence);
  run.rooms = rooms;
  run.frame = line.time;
  run.reach = reach;
}

function advance(run: Run): void {
  const last = wholeSecond(run.clock() - run.graceMs);
  pass(run, Math.max(last - OVERDUE_MS, Math.min(last, run.unheard)));
  while (run.second < last) make(run);
}

/** Ticks on to `second` without a frame; of a long time only the part that can still teach something. */
function pass(run: Run, second: number): void {
  if (run.second < second && run.second === run.frame) run.present = run.framer.present();
  run.second = Math.max(run.second, second - WARM_MS);
  while (run.second < second) {
    run.second += SECOND_MS;
    run.framer.tick(run.second);
  }
}

function make(run: Run): void {
  const { venue, record, fanout, framer, saveEvery = SAVE_EVERY } = run;
  run.second += SECOND_MS;
  const { rooms: heard, changes } = framer.tick(run.second);
  const baseline = run.baseline?.() ?? null;
  const rooms = baseline ? heard.map((room) => ({ ...room, ...baseline.at(room.room, run.second) })) : heard;
  const isAnew = run.isAnew || run.second > run.frame + SECOND_MS;
  const turn = isAnew ? anew(run) : { anew: false, ...changed(run.open, changes) };
  const versions = { venue: venue.version, rule: RULE, baseline: baseline?.version ?? null };
  const frame: Frame = { time: run.second, positions: positionsOf(run.reach), ...versions, rooms };
  const isWhole = isAnew || run.second % WHOLE_EVERY_MS === 0;
  record.append(lineOf(frame, isWhole ? null : run.rooms, turn));
  run.isAnew = false;
  run.frame = run.second;
  run.rooms = roomsOf(frame);
  fanout.push(frame);
  run.made += 1;
  if (run.made % saveEvery === 1) save(run);
}

const wholeSecond = (time: number): number => Math.floor(time / SECOND_MS) * SECOND_MS;

function save({ venue, second, reach, rooms, open, framer, state }: Run): void {
  const saved: State = {
    form: FORM,
    ground: groundOf(venue, second),
    rule: RULE,
    time: second,
    positions: positionsOf(reach),
    rooms,
    open,
    framer: framer.save(),
  };
  state.save(serialize(saved));
}

/** The saved state, unless another rule, ground or Node made it, or it has nothing to teach: then the store is read. */
function loadState({ state, venue, clock }: LiveOptions): State | null {
  const bytes = state.load();
  if (!bytes) return null;
  try {
    const saved = deserialize(bytes) as State;
    const isOld = saved.time < clock() - WARM_MS;
    return saved.form === FORM && saved.rule === RULE && saved.ground === groundOf(venue, saved.time) && !isOld
      ? saved
      : null;
  } catch {
    return null;
  }
}

/** Changes as what they end and begin. */
function changed(open: Map<string, Began>, changes: Change[]): { ended: Ended[]; began: Began[] } {
  const ended: Ended[] = [];
  const began: Began[] = [];
  for (const change of changes) {
    const { badge, time, room, heard } = change;
    if (open.delete(badge)) ended.push({ badge, until: time, heard });
    if (room === null) continue;
    const presence = { ...begun({ ...change, room }, time), until: null };
    open.set(badge, presence);
    began.push(presence);
  }
  return { ended, began };
}

/** A gap ends every presence with the last frame that showed it, and begins it again with this one. */
function anew({ open, frame, second, framer, present }: Run): Turn {
  const heardBy = new Map(present.map(({ badge, heard }) => [badge, heard]));
  const ended = [...open.values()].map(({ badge, heard }) => ({
    badge,
    until: frame + SECOND_MS,
    heard: heardBy.get(badge) ?? heard,
  }));
  const began = framer.present().map((one) => ({ ...begun(one, second), until: null }));
  open.clear();
  for (const presence of began) open.set(presence.badge, presence);
  return { anew: true, ended, began };
}

import { deserialize, serialize } from 'node:v8';
import { createFramer, type Framer, type FramesState } from '../locate/frames.ts';
import { type Change, RULE } from '../locate/locate.ts';
import { begun } from '../locate/presences.ts';
import type { Batch, Receipt } from '../model/batch.ts';
import type { Frame } from '../model/frame.ts';
import type { Venue } from '../model/venue.ts';
import type { Store, Stored } from '../store/store.ts';
import type { Fanout } from './fanout.ts';
import { type Began, type Ended, frameOf, lineOf, type Rooms, roomsOf } from './line.ts';
import type { AsSeen } from './record.ts';

const SECOND_MS = 1000;
/** Frames that are overdue by up to this are still made; older seconds are a gap. */
export const OVERDUE_MS = 10_000;
/** How often the state is saved, and a whole frame recorded, in frames. */
const SAVE_EVERY = 10;
const WHOLE_EVERY_MS = 60_000;
/** What a start without a state reads to learn what is usual. */
const WARM_MS = 25 * 3_600_000;

/** What the process needs to go on after a kill; plain data. */
type State = {
  venue: string;
  rule: string;
  time: number;
  position: number;
  rooms: Rooms | null;
  open: Map<string, Began>;
  framer: FramesState;
};

export type LiveOptions = {
  venue: Venue;
  record: AsSeen;
  /** where the state is kept: whole or not at all */
  state: { load(): Buffer | null; save(bytes: Buffer): void };
  read: Store['read'];
  fanout: Fanout;
  /** UTC ms, never going back */
  clock: () => number;
  /** how long after a second its frame is made */
  graceMs: number;
};

/** The one place where live frames are made. */
export type Live = {
  /** Takes up where the last process stopped: call it before anything is stored anew. */
  start(): Promise<void>;
  /** What was stored, in the order of positions. */
  take(batch: Batch, receipt: Receipt): void;
  /** Makes all frames that are due; seconds too long overdue are passed through without one. */
  advance(): void;
  /** the second of the newest frame, UTC ms; −Infinity before the first */
  readonly time: number;
};

/** Where a run has got to: the second ticked last, the frame made last, and what that showed. */
type Run = LiveOptions & {
  framer: Framer;
  second: number;
  position: number;
  frame: number;
  rooms: Rooms | null;
  open: Map<string, Began>;
  made: number;
};

export function createLive(options: LiveOptions): Live {
  const saved = loadState(options);
  const run: Run = {
    ...options,
    framer: createFramer(options.venue, saved?.framer),
    second: saved?.time ?? Math.floor((options.clock() - WARM_MS) / SECOND_MS) * SECOND_MS,
    position: saved?.position ?? 0,
    frame: saved?.rooms ? saved.time : Number.NEGATIVE_INFINITY,
    rooms: saved?.rooms ?? null,
    open: saved?.open ?? new Map<string, Began>(),
    made: 0,
  };
  return {
    start: () => start(run, saved === null),
    take(batch, receipt) {
      for (const observation of batch.observations) run.framer.take(observation);
      run.position = Math.max(run.position, receipt.position);
    },
    advance: () => advance(run),
    get time() {
      return run.frame;
    },
  };
}

/** Takes the observations after the state again; seconds that the record has are passed through by their positions. */
async function start(run: Run, cold: boolean): Promise<void> {
  const { framer, record, fanout, read } = run;
  const span = { from: cold ? run.second : Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const rows = ahead(read(span, { after: run.position }));
  for await (const line of record.after(run.second)) {
    await rows.upTo(line.position, framer);
    pass(run, line.time);
    const frame = frameOf(line, run.rooms ?? new Map());
    for (const { badge } of line.ended) run.open.delete(badge);
    for (const presence of line.began) run.open.set(presence.badge, presence);
    run.rooms = roomsOf(frame);
    run.frame = line.time;
    run.position = line.position;
    fanout.push(frame);
  }
  run.position = Math.max(run.position, await rows.upTo(Number.POSITIVE_INFINITY, framer));
  advance(run);
}

function advance(run: Run): void {
  const last = Math.floor((run.clock() - run.graceMs) / SECOND_MS) * SECOND_MS;
  pass(run, last - OVERDUE_MS);
  while (run.second < last) make(run);
}

/** Ticks on to `second` without a frame. */
function pass(run: Run, second: number): void {
  while (run.second < second) {
    run.second += SECOND_MS;
    run.framer.tick(run.second);
  }
}

function make(run: Run): void {
  const { venue, record, fanout, framer } = run;
  run.second += SECOND_MS;
  const { rooms, changes } = framer.tick(run.second);
  const isAfterGap = run.second > run.frame + SECOND_MS;
  const { ended, began } = isAfterGap ? anew(run) : changed(run.open, changes);
  const versions = { venue: venue.version, rule: RULE, baseline: null };
  const frame: Frame = { time: run.second, position: run.position, ...versions, rooms };
  const isWhole = isAfterGap || run.second % WHOLE_EVERY_MS === 0;
  record.append(lineOf(frame, isWhole ? null : run.rooms, ended, began));
  run.frame = run.second;
  run.rooms = roomsOf(frame);
  fanout.push(frame);
  run.made += 1;
  if (run.made % SAVE_EVERY === 0) save(run);
}

function save({ venue, second, position, rooms, open, framer, state }: Run): void {
  const saved: State = { venue: venue.version, rule: RULE, time: second, position, rooms, open, framer: framer.save() };
  state.save(serialize(saved));
}

/** The saved state, unless another rule or venue made it: then what is stored is learnt anew. */
function loadState({ state, venue }: LiveOptions): State | null {
  const bytes = state.load();
  if (!bytes) return null;
  const saved = deserialize(bytes) as State;
  return saved.rule === RULE && saved.venue === venue.version ? saved : null;
}

/** Rows in order of position, handed on as far as they were known at a frame. */
function ahead(stream: AsyncGenerator<Stored[]>) {
  let rows: Stored[] = [];
  let at = 0;
  let last = 0;
  return {
    /** Gives the framer every row up to a position; returns that of the last. */
    async upTo(position: number, framer: Framer): Promise<number> {
      for (;;) {
        for (; at < rows.length && rows[at]!.position <= position; at++) {
          framer.take(rows[at]!);
          last = rows[at]!.position;
        }
        if (at < rows.length) return last;
        const next = await stream.next();
        if (next.done) return last;
        rows = next.value;
        at = 0;
      }
    },
  };
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
function anew({ open, frame, second, framer }: Run): { ended: Ended[]; began: Began[] } {
  const ended = [...open.values()].map(({ badge, heard }) => ({ badge, until: frame + SECOND_MS, heard }));
  const began = framer.present().map((one) => ({ ...begun(one, second), until: null }));
  open.clear();
  for (const presence of began) open.set(presence.badge, presence);
  return { ended, began };
}

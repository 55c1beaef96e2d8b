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

export function createLive(options: LiveOptions): Live {
  const { venue, record, fanout, clock, graceMs } = options;
  const saved = loadState(options);
  const framer = createFramer(venue, saved?.framer);
  const now = {
    second: saved?.time ?? Math.floor((clock() - WARM_MS) / SECOND_MS) * SECOND_MS,
    position: saved?.position ?? 0,
    frame: saved?.rooms ? saved.time : Number.NEGATIVE_INFINITY,
    rooms: saved?.rooms ?? null,
    open: saved?.open ?? new Map<string, Began>(),
    made: 0,
  };

  const due = () => Math.floor((clock() - graceMs) / SECOND_MS) * SECOND_MS;
  /** Ticks on to `second`; the changes on the way are the gap's, where no frame is made. */
  const pass = (second: number) => {
    while (now.second < second) {
      now.second += SECOND_MS;
      framer.tick(now.second);
    }
  };
  const make = () => {
    now.second += SECOND_MS;
    const { rooms, changes } = framer.tick(now.second);
    const isAfterGap = now.second > now.frame + SECOND_MS;
    const { ended, began } = isAfterGap ? anew(now, framer) : changed(now.open, changes);
    const frame: Frame = {
      time: now.second,
      position: now.position,
      venue: venue.version,
      rule: RULE,
      baseline: null,
      rooms,
    };
    const isWhole = isAfterGap || now.second % WHOLE_EVERY_MS === 0;
    record.append(lineOf(frame, isWhole ? null : now.rooms, ended, began));
    now.frame = now.second;
    now.rooms = roomsOf(frame);
    fanout.push(frame);
    now.made += 1;
    if (now.made % SAVE_EVERY === 0) save();
  };
  const save = () => {
    const { second, position, rooms, open } = now;
    const state: State = {
      venue: venue.version,
      rule: RULE,
      time: second,
      position,
      rooms,
      open,
      framer: framer.save(),
    };
    options.state.save(serialize(state));
  };
  const advance = () => {
    const last = due();
    pass(last - OVERDUE_MS);
    while (now.second < last) make();
  };
  const start = async () => {
    const rows = ahead(
      options.read({ from: saved ? -Infinity : now.second, until: Infinity }, { after: now.position }),
    );
    for await (const line of record.after(now.second)) {
      await rows.upTo(line.position, framer);
      pass(line.time);
      const frame = frameOf(line, now.rooms ?? new Map());
      for (const { badge } of line.ended) now.open.delete(badge);
      for (const presence of line.began) now.open.set(presence.badge, presence);
      now.rooms = roomsOf(frame);
      now.frame = line.time;
      now.position = line.position;
      fanout.push(frame);
    }
    now.position = Math.max(now.position, await rows.upTo(Number.POSITIVE_INFINITY, framer));
    advance();
  };
  return {
    start,
    take(batch, receipt) {
      for (const observation of batch.observations) framer.take(observation);
      now.position = Math.max(now.position, receipt.position);
    },
    advance,
    get time() {
      return now.frame;
    },
  };
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
function anew(
  now: { open: Map<string, Began>; frame: number; second: number },
  framer: Framer,
): { ended: Ended[]; began: Began[] } {
  const ended = [...now.open.values()].map(({ badge, heard }) => ({ badge, until: now.frame + SECOND_MS, heard }));
  const began = framer.present().map((one) => ({ ...begun(one, now.second), until: null }));
  now.open.clear();
  for (const presence of began) now.open.set(presence.badge, presence);
  return { ended, began };
}

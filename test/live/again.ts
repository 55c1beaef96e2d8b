import type { Ahead } from '../../services/live/ahead.ts';
import { reachOf } from '../../services/live/reach.ts';
import { createFramer, type Framer } from '../../services/locate/frames.ts';
import { begun } from '../../services/locate/presences.ts';
import { type Began, frameOf, type Line, type Rooms, roomsOf, type Turn } from '../../services/model/line.ts';
import { countedIn, type Venue } from '../../services/model/venue.ts';

const SECOND_MS = 1000;

/** What came of making a record again: how much of it there is, and how many of its cells are others. */
export type Again = {
  frames: number;
  presences: number;
  cells: number;
  differing: number;
  gaps: number;
  first: string;
};

/**
 * Makes a record again from what is stored, frame by frame of the recorded positions, and compares it cell by cell: each
 * field of each room, each presence that began or ended. Nobody was killed here: a gap is only passed through.
 */
export async function again(lines: AsyncIterable<Line>, stored: Ahead, venue: Venue): Promise<Again> {
  const framer = createFramer(venue, undefined, countedIn(venue));
  const found: Again = { frames: 0, presences: 0, cells: 0, differing: 0, gaps: 0, first: '' };
  const open = new Map<string, Began>();
  let shown: Rooms = new Map();
  let last: number | null = null;
  for await (const line of lines) {
    const frame = frameOf(line, shown);
    shown = roomsOf(frame);
    await stored.upTo(reachOf(line.positions), framer.take);
    const isGap: boolean = last !== null && line.time > last + SECOND_MS;
    const { rooms, turn } = tickOn(framer, open, last ?? line.time - SECOND_MS, line, isGap || last === null);
    found.frames += 1;
    found.gaps += isGap ? 1 : 0;
    found.presences += line.began.length;
    const at = new Date(line.time).toISOString();
    compare(found, at, { anew: line.anew }, { anew: turn.anew });
    compareAll(found, `${at} room`, frame.rooms, rooms);
    compareAll(found, `${at} ended`, line.ended, turn.ended);
    compareAll(found, `${at} began`, line.began, turn.began);
    last = line.time;
  }
  return found;
}

/** Ticks to a line's second: the rooms then, and what ended and began. */
function tickOn(framer: Framer, open: Map<string, Began>, last: number, { time }: Line, isAnew: boolean) {
  const heard = new Map(time > last + SECOND_MS ? framer.present().map((one) => [one.badge, one.heard]) : []);
  let made = framer.tick(last + SECOND_MS);
  for (let second = last + 2 * SECOND_MS; second <= time; second += SECOND_MS) made = framer.tick(second);
  const turn: Turn = { anew: isAnew, ended: [], began: [] };
  const begin = (one: Parameters<typeof begun>[0]) => {
    const presence: Began = { ...begun(one, time), until: null };
    open.set(one.badge, presence);
    turn.began.push(presence);
  };
  if (isAnew) {
    for (const one of open.values())
      turn.ended.push({ badge: one.badge, until: last + SECOND_MS, heard: heard.get(one.badge) ?? one.heard });
    open.clear();
    for (const one of framer.present()) begin(one);
    return { rooms: made.rooms, turn };
  }
  for (const change of made.changes) {
    const { badge, room } = change;
    if (open.delete(badge)) turn.ended.push({ badge, until: change.time, heard: change.heard });
    if (room !== null) begin({ ...change, room });
  }
  return { rooms: made.rooms, turn };
}

/** A list (of gateways, of reasons) is one cell. */
const inJson = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

type Cells = Record<string, unknown>;

/** Cells beside each other, by name: what one of the two does not have differs. */
function compare(found: Again, where: string, recorded: Cells | undefined, made: Cells | undefined): void {
  const names = Object.keys({ ...recorded, ...made });
  found.cells += names.length;
  for (const name of names) {
    const [one, other] = [recorded?.[name], made?.[name]];
    if (one === other || inJson(one) === inJson(other)) continue;
    found.differing += 1;
    found.first ||= `${where} ${name}: ${inJson(one)} recorded, ${inJson(other)} made again`;
  }
}

/** Lists beside each other, one by one. */
function compareAll(found: Again, where: string, recorded: readonly Cells[], made: readonly Cells[]): void {
  for (let i = 0; i < Math.max(recorded.length, made.length); i++)
    compare(found, `${where} ${i}`, recorded[i], made[i]);
}

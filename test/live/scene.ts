import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../services/ledger/whole.ts';
import { storedAhead } from '../../services/live/ahead.ts';
import { createFanout, type Fanout } from '../../services/live/fanout.ts';
import { createLive, type Live } from '../../services/live/live.ts';
import type { Reach } from '../../services/live/reach.ts';
import { createFramer } from '../../services/locate/frames.ts';
import { partitionOf, type Receipt } from '../../services/model/batch.ts';
import type { Frame } from '../../services/model/frame.ts';
import { frameOf, type Line, type Rooms, roomsOf } from '../../services/model/line.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Venue } from '../../services/model/venue.ts';
import { type AsSeen, openRecord } from '../../services/store/record.ts';
import type { Store, Stored } from '../../services/store/store.ts';

export const GRACE_MS = 250;

/** What a store is for live: batches by number, in memory; every observation is new. */
export function memoryRiver() {
  const rows: Stored[] = [];
  let position = 0;
  const read: Store['read'] = async function* (span, { after = 0 } = {}) {
    yield rows.filter((row) => row.position > after && row.time >= span.from && row.time < span.until);
  };
  return {
    rows,
    append(observations: Observation[]): Receipt {
      position += 1;
      for (const observation of observations) rows.push({ ...observation, position });
      return { position, stored: observations.length, duplicates: new Uint32Array() };
    },
    ahead: (from: number, after: Reach) => storedAhead(read, from, after, [0]),
  };
}

export type River = ReturnType<typeof memoryRiver>;

/** A live picture in a folder: opened again in the same folder it is what a restart gives. */
export function open(folder: string, venue: Venue, river: River, clock: () => number) {
  const file = join(folder, 'live-state');
  const state = {
    load: () => (existsSync(file) ? readFileSync(file) : null),
    save: (bytes: Buffer) => writeWhole(file, bytes),
  };
  const record: AsSeen = openRecord(join(folder, 'as-seen'), venue.zone);
  const fanout: Fanout = createFanout();
  const live: Live = createLive({ venue, record, state, ahead: river.ahead, fanout, clock, graceMs: GRACE_MS });
  return { live, record, fanout };
}

/** Every line of a record, and the frames that they fold to. */
export async function recorded(record: AsSeen): Promise<{ lines: Line[]; frames: Frame[] }> {
  const lines: Line[] = [];
  const frames: Frame[] = [];
  let rooms: Rooms = new Map();
  for await (const line of record.after(0)) {
    lines.push(line);
    const frame = frameOf(line, rooms);
    rooms = roomsOf(frame);
    frames.push(frame);
  }
  return { lines, frames };
}

/** The frames at the given seconds, made from what is stored by their positions alone: nobody was killed here. */
export function madeAgain(frames: Pick<Frame, 'time' | 'positions'>[], rows: Stored[], venue: Venue): Frame['rooms'][] {
  const framer = createFramer(venue);
  const waiting = new Map<number, Stored[]>();
  for (const row of rows) {
    const partition = partitionOf(row.position);
    const queue = waiting.get(partition);
    if (queue) queue.push(row);
    else waiting.set(partition, [row]);
  }
  let second = frames[0]!.time - 1000;
  return frames.map(({ time, positions }) => {
    for (const position of positions) {
      const queue = waiting.get(partitionOf(position)) ?? [];
      while (queue.length > 0 && queue[0]!.position <= position) framer.take(queue.shift()!);
    }
    let rooms: Frame['rooms'] = [];
    while (second < time) {
      second += 1000;
      rooms = framer.tick(second).rooms;
    }
    return rooms;
  });
}

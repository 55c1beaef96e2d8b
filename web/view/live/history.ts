import type { ShownFrame } from '../../../services/model/frame.ts';
import type { FrameRow } from '../../read/live-rows.ts';
import {
  createRoomPast,
  HOUR_MS,
  quarterOf,
  type RoomPast,
  takeBefore,
  takeBreak,
  takeHour,
  takeSecond,
} from './past.ts';
import { isCounted } from './room.ts';
import { createSteps } from './steps.ts';

/** More than so long from one frame to the next is a gap, ms. */
const JUMP_MS = 1500;
/** A step of today's curve, and more of them than a day of a clock change has. */
const DAY_STEP_MS = 900_000;
const DAY_STEPS = 102;

export type History = ReturnType<typeof createHistory>;

/** What the frames so far have told, bounded: an hour of each room of the venue, and today's total. */
export function createHistory(rooms: string[]) {
  const pasts = new Map<string, RoomPast>(rooms.map((id) => [id, createRoomPast()]));
  const total = createSteps(DAY_STEP_MS, DAY_STEPS);
  let newest = 0;
  let knowsHour = false;
  const breakAt = (from: number, until: number) => {
    for (const past of pasts.values()) takeBreak(past, from, until);
  };
  return {
    pasts,
    total,
    newest: () => newest,
    /** the hour before the first frame has been read */
    knowsHour: () => knowsHour,
    breakAt,
    take({ time, rooms: frames }: ShownFrame) {
      if (newest > 0 && time - newest > JUMP_MS) breakAt(newest + 1000, time - 1000);
      newest = time;
      for (const frame of frames) {
        const past = pasts.get(frame.room);
        if (past) takeSecond(past, frame, time);
      }
      const counted = frames.filter(({ coverage, occupancy: count }) => isCounted({ coverage, count }));
      if (counted.length > 0)
        total.add(
          time,
          counted.reduce((all, { occupancy }) => all + occupancy!, 0),
        );
    },
    takeHour(rows: FrameRow[]) {
      knowsHour = true;
      for (const [id, of] of byRoom(rows)) if (pasts.has(id)) takeHour(pasts.get(id)!, of);
    },
    takeDay(rows: FrameRow[]) {
      for (const [time, average] of sums(rows)) total.fill(time, time + 1, average);
    },
    /** the quarters of the last day (UTC ms), newest first, in which states began that are older than the hour */
    begun(rows: FrameRow[]): number[] {
      const quarters = [...byRoom(rows)].map(([id, of]) => (pasts.has(id) ? quarterOf(pasts.get(id)!, of) : null));
      return [...new Set(quarters)].filter((time) => time !== null).sort((a, b) => b - a);
    },
    /** minutes from before the hour */
    takeBefore(rows: FrameRow[]) {
      for (const [id, of] of byRoom(rows)) if (pasts.has(id)) takeBefore(pasts.get(id)!, of);
    },
    hourMs: HOUR_MS,
  };
}

function byRoom(rows: FrameRow[]): Map<string, FrameRow[]> {
  const found = new Map<string, FrameRow[]>();
  for (const row of rows) {
    const of = found.get(row.room);
    if (of) of.push(row);
    else found.set(row.room, [row]);
  }
  for (const of of found.values()) of.sort((a, b) => a.time - b.time);
  return found;
}

/** Each step's total over the rooms that were counted for most of it; a step of which nothing is known has none. */
function sums(rows: FrameRow[]): Map<number, number> {
  const found = new Map<number, { seconds: number; frames: number }>();
  for (const { coverage, badgeMinutes, frames, time } of rows) {
    if (badgeMinutes === null || !isCounted({ coverage, count: badgeMinutes })) continue;
    const step = found.get(time) ?? { seconds: 0, frames: 0 };
    // A room that was not there all the time (a merged one) has fewer frames than the step.
    found.set(time, { seconds: step.seconds + 60 * badgeMinutes, frames: Math.max(step.frames, frames) });
  }
  return new Map([...found].map(([time, { seconds, frames }]) => [time, seconds / Math.max(1, frames)]));
}

import { type Ask, NoAnswer } from '../../read/ask.ts';
import { type FlowRow, readFlows } from '../../read/flows.ts';
import type { DayRow } from '../../read/tiles.ts';

/** Badges that went from a room to another. */
export type Flow = { from: string; to: string; count: number };

/** Moves are shown of so long before the cursor, ms, and so many pairs of rooms: what is less is lost in the picture anyway. */
const [SHOWN_MS, SHOWN_MAX] = [900_000, 16];
const MINUTE_MS = 60_000;

/** The moves of each day, read when they are first looked at; `changed` is told when some have come. */
export function createFlows(ask: Ask, changed: () => void) {
  const days = new Map<string, FlowRow[]>();
  const read = async (key: string, day: DayRow) => {
    days.set(key, []);
    try {
      days.set(key, await readFlows(ask, day));
      changed();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // Whoever comes by here again asks again.
      days.delete(key);
    }
  };
  return (day: DayRow | undefined, at: number): Flow[] => {
    if (!day) return [];
    const key = `${day.day} ${day.revision} ${day.tag}`;
    if (!days.has(key)) void read(key, day);
    return flowsBefore(days.get(key) ?? [], at);
  };
}

/** What of these moves was in the quarter of an hour before an instant (UTC ms), the largest first. */
export function flowsBefore(rows: FlowRow[], at: number): Flow[] {
  const sums = new Map<string, Flow>();
  const [after, until] = [at - SHOWN_MS, Math.floor(at / MINUTE_MS) * MINUTE_MS];
  for (const { time, room, to, count } of rows) {
    if (time <= after || time > until) continue;
    const key = JSON.stringify([room, to]);
    const sum = sums.get(key) ?? { from: room, to, count: 0 };
    sum.count += count;
    sums.set(key, sum);
  }
  return [...sums.values()].sort((a, b) => b.count - a.count).slice(0, SHOWN_MAX);
}

import type { Ask } from '../../read/ask.ts';
import { type FlowRow, readFlows } from '../../read/flows.ts';
import type { DayRow } from '../../read/tiles.ts';
import { createKept } from './kept.ts';

/** Badges that went from a room to another. */
export type Flow = { from: string; to: string; count: number };

/** Moves are shown of so long before the cursor, ms, and so many pairs of rooms: what is less is lost in the picture anyway. */
const [SHOWN_MS, SHOWN_MAX] = [900_000, 16];
const MINUTE_MS = 60_000;
/** Days that are kept. */
const DAYS_MAX = 16;

/** The moves of each day, read when they are first looked at; `changed` is told when some have come. */
export function createFlows(ask: Ask, changed: () => void, clock?: () => number) {
  const days = createKept<FlowRow[]>(DAYS_MAX, changed, clock);
  return (day: DayRow | undefined, at: number): Flow[] => {
    if (!day) return [];
    const rows = days(`${day.day} ${day.revision} ${day.tag}`, () => readFlows(ask, day));
    return flowsBefore(rows ?? [], at);
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

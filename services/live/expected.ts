import { type Expected, expectedBy, type Normal } from '../model/normal.ts';

/** What is normal on a day, and its version. */
export type Baseline = { version: string; at(room: string, second: number): Expected };

const NONE: Expected = { expected: null, low: null, high: null };

/** A baseline as live asks it, second by second. `rows` are in order of time within a room, and do not overlap. */
export function createBaseline(version: string, rows: readonly Normal[]): Baseline {
  const byRoom = new Map<string, Normal[]>();
  for (const row of rows) byRoom.set(row.room, [...(byRoom.get(row.room) ?? []), row]);
  return { version, at: (room, second) => expectedAt(byRoom.get(room) ?? [], second) };
}

/** What is expected of a room at an instant (UTC ms), to the hundredth; null where nothing is known. */
function expectedAt(rows: readonly Normal[], second: number): Expected {
  const row = rows.find(({ from, until }) => from <= second && second < until);
  return row ? expectedBy(row) : NONE;
}

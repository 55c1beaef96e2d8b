import type { Mark } from './marks.ts';
import type { Slot } from './tile.ts';

/** A row of a tile: how high it is at least, how much higher it may be, and what is drawn in it at a place. */
export type Row = { height: number; grows?: number; draw(slot: Slot): Mark[] };

/** How far apart rows stand at least, as wanted, and at most, in gaps. */
const [NEAR, WANTED, FAR] = [0.8, 1.3, 2.4];

/** What rounding may take, px. */
const HAIR = 0.01;

/** The rows that fit a height, the first the most important. */
export function take(rows: (Row | null)[], height: number, gap: number): Row[] {
  const taken: Row[] = [];
  let free = height + gap;
  for (const row of rows) {
    if (!row || row.height + gap > free + HAIR) continue;
    free -= row.height + gap;
    taken.push(row);
  }
  return taken;
}

/** Draws rows from the top: those that may grow do, then all are spread as far as that looks like one stack. */
export function spread(rows: Row[], slot: Slot, gap: number, far = FAR): Mark[] {
  const between = Math.max(1, rows.length - 1);
  let free = slot.height - rows.reduce((sum, { height }) => sum + height, 0);
  const heights = rows.map(({ height, grows = 0 }) => {
    const more = Math.max(0, Math.min(grows, free - between * WANTED * gap));
    free -= more;
    return height + more;
  });
  const step = Math.max(NEAR * gap, Math.min(far * gap, free / between));
  let y = slot.y;
  return rows.flatMap((row, i) => {
    const marks = row.draw({ ...slot, y, height: heights[i]! });
    y += heights[i]! + step;
    return marks;
  });
}

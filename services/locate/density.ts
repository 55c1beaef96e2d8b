import { SECOND_MS } from './rule.ts';

/** Seconds over which a room's gateways are judged by how often they hear who is there. */
const DENSITY_S = 300;
/** Seconds that are kept: whole words of 32 bits, one to spare. */
const RING_S = (Math.ceil(DENSITY_S / 32) + 1) * 32;
/** Expected hearings below which nothing can be said. */
const EXPECTED_MIN = 10;

/** A ring of the last seconds, up to `newest` (s since 1970). */
type Ring = { newest: number; cells: number[] };
/** One room: a bit a second for each badge that its gateways heard, and how many bits each second has. */
type Heard = { badges: Map<string, Ring>; counts: Ring };

/** Room → what its gateways heard of late. Plain data. */
export type Density = Map<string, Heard>;

const newRing = (cells: number): Ring => ({
  newest: Number.NEGATIVE_INFINITY,
  cells: new Array<number>(cells).fill(0),
});

/** Brings a ring forward to `second`; `clear` empties seconds that come round again. False if that is long past. */
function reach(ring: Ring, second: number, clear: (cells: number[], from: number, to: number) => void): boolean {
  if (second <= ring.newest - RING_S) return false;
  if (second <= ring.newest) return true;
  if (second - ring.newest >= RING_S) ring.cells.fill(0);
  else clear(ring.cells, ring.newest + 1, second);
  ring.newest = second;
  return true;
}

function clearCounts(cells: number[], from: number, to: number): void {
  for (let s = from; s <= to; s++) cells[s % RING_S] = 0;
}

/** Word by word. */
function clearBits(cells: number[], from: number, to: number): void {
  for (let s = from; s <= to; s = (s | 31) + 1) {
    const above = to < (s | 31) ? -1 << ((to & 31) + 1) : 0;
    cells[wordOf(s)]! &= above | ~(-1 << (s & 31));
  }
}

const wordOf = (second: number): number => (second % RING_S) >> 5;

/** A gateway of `room` heard a badge at `t`, ms. */
export function takeHeard(density: Density, room: string, badge: string, t: number): void {
  const heard = density.get(room) ?? { badges: new Map<string, Ring>(), counts: newRing(RING_S) };
  density.set(room, heard);
  const { counts } = heard;
  const bits = heard.badges.get(badge) ?? newRing(RING_S / 32);
  heard.badges.set(badge, bits);
  const second = Math.ceil(t / SECOND_MS);
  const [word, bit] = [wordOf(second), 1 << (second & 31)];
  if (!reach(bits, second, clearBits) || bits.cells[word]! & bit) return;
  bits.cells[word]! |= bit;
  if (reach(counts, second, clearCounts)) counts.cells[second % RING_S]! += 1;
}

/** Distinct (badge, second) that a room's gateways heard in the last 5 min before `now`, ms, counted up to `enough`. */
export function hearings(density: Density, room: string, now: number, enough = Number.POSITIVE_INFINITY): number {
  const counts = density.get(room)?.counts;
  if (!counts) return 0;
  const second = now / SECOND_MS;
  const last = Math.min(second, counts.newest);
  let sum = 0;
  for (let s = Math.max(second - DENSITY_S, counts.newest - RING_S) + 1; s <= last && sum < enough; s++)
    sum += counts.cells[s % RING_S]!;
  return sum;
}

/** Lets go of badges that no gateway of the room has heard of late. */
export function sweepDensity(density: Density, now: number): void {
  for (const { badges } of density.values())
    for (const [badge, { newest }] of badges) if (newest <= now / SECOND_MS - RING_S) badges.delete(badge);
}

/** A room is thin if it heard less than half of what its people, who speak every `cadences` s, should have said. */
export function isSparse(density: Density, room: string, cadences: readonly number[], now: number): boolean {
  const expected = cadences.reduce((sum, cadence) => sum + DENSITY_S / Math.max(1, cadence), 0);
  return expected >= EXPECTED_MIN && hearings(density, room, now, expected / 2) < expected / 2;
}

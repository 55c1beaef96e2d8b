import type { PlanFloor } from './floor.ts';

/** Sizes of what stands in a room, px. */
export type PlanType = {
  name: number;
  count: number;
  small: number;
  /** from place to place */
  pitch: number;
  pad: number;
  /** no text is smaller */
  min: number;
  /** more than name, count and share */
  isRich: boolean;
};

/** Rooms of which LOOK's factors are right are about so wide and high, m. */
const TYPICAL = 13.5;
/** Below this many px a metre a tile keeps only name, count and share. */
const RICH_FROM = 9.4;

/**
 * Type follows from the scale (LOOK 9), up to `cap` px a metre. Where rooms are of quite another size than a
 * conference's, it follows from theirs.
 */
export function typeOf(scale: number, floors: PlanFloor[], cap: number): PlanType {
  const s = Math.min(cap, scale * usual(floors));
  return {
    name: Math.max(10.5, 1.5 * s),
    count: Math.max(18, 4.6 * s),
    small: Math.max(10.5, 1.1 * s),
    pitch: 0.37 * s,
    pad: Math.max(4, 0.66 * s),
    min: Math.max(8.5, 0.95 * s),
    isRich: s >= RICH_FROM,
  };
}

/** How much larger than usual the rooms of a venue are; ordinary differences count for nothing. */
function usual(floors: PlanFloor[]): number {
  const areas = floors.flatMap(({ rooms }) => rooms.map(({ label }) => label[2] * label[3])).sort((a, b) => a - b);
  const ratio = Math.sqrt(areas[Math.floor(areas.length / 2)] ?? TYPICAL ** 2) / TYPICAL;
  return ratio > 0.75 && ratio < 1.33 ? 1 : ratio;
}

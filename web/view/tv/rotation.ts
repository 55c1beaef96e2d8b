import type { VenueFile } from '../../../services/model/venue.ts';

/** How long a floor stands that does not say, s. */
const DWELL_S = 20;

/** Which floor stands (its place), how much of its time is over (0 to 1), and how long until the next, s. */
export type Turn = { floor: number; share: number; nextS: number };

/** How long each of these floors stands, s. */
export function dwellsOf({ floors = [] }: VenueFile, ids: string[]): number[] {
  return ids.map((id) => floors.find((floor) => floor.id === id)?.rotate?.seconds ?? DWELL_S);
}

/** The turn after so many ms on a clock that never jumps; a house of one floor never turns. */
export function turnAt(dwells: number[], ms: number): Turn {
  const whole = dwells.reduce((sum, seconds) => sum + seconds, 0);
  if (dwells.length < 2) return { floor: 0, share: 0, nextS: Number.POSITIVE_INFINITY };
  let rest = (ms / 1000) % whole;
  for (const [floor, seconds] of dwells.entries()) {
    if (rest < seconds) return { floor, share: rest / seconds, nextS: Math.ceil(seconds - rest) };
    rest -= seconds;
  }
  return { floor: 0, share: 0, nextS: dwells[0]! };
}

/** A picture that stands for years burns in: it moves a little every four minutes, on a path of eight points, px. */
const [STAY_MS, FAR] = [240_000, 6];
const PATH = [
  [0, 0],
  [FAR, 0],
  [FAR, FAR],
  [0, FAR],
  [-FAR, FAR],
  [-FAR, 0],
  [-FAR, -FAR],
  [0, -FAR],
] as const;

export const shiftAt = (ms: number): readonly [x: number, y: number] => PATH[Math.floor(ms / STAY_MS) % PATH.length]!;

import type { Coverage } from '../../../services/model/frame.ts';

/** When a state began, UTC ms; `isBefore`: it had begun when we first looked. */
export type Since = { at: number; isBefore: boolean };

/** A series of even steps: `null` where nothing is known, which is never drawn as a line. */
export type Series = { from: number; stepMs: number; values: (number | null)[] };

/** What a room is like now, as it is drawn. */
export type RoomNow = {
  room: string;
  coverage: Coverage;
  /** people in it now; null where that is not known */
  count: number | null;
  /** it is rounded, and says "about" */
  isRounded: boolean;
  /** what was known last, while nothing is known now */
  last: { count: number; at: number } | null;
  since: Since | null;
  /** claps in 10 s */
  claps: number | null;
  /** °C; felt: by badges alone, which their wearers warm */
  temperature: number | null;
  isFelt: boolean;
  /** of the newest observation, s */
  age: number | null;
  /** gateways that speak and hear (null where that is not told), and all that the room has */
  heard: number | null;
  gateways: number;
  /** beyond them a count is unusual, where there is a history */
  bounds: { low: number; high: number } | null;
  /** what is usual at this time, in words; null where that is not known */
  usual: string | null;
  /** of what the layer shows (`TREND_OF`) */
  trend: Series;
  band: { low: Series; high: Series } | null;
};

export const LAYERS = ['occupancy', 'claps', 'temperature', 'density', 'deviation'] as const;
export type Layer = (typeof LAYERS)[number];

/** Of what a room has a trend: people, claps in 10 s, °C. */
export type Trended = 'count' | 'claps' | 'temperature';
/** What the trend is of under a layer: what its colours show, or what that follows from. */
export const TREND_OF: Record<Layer, Trended> = {
  occupancy: 'count',
  claps: 'claps',
  temperature: 'temperature',
  density: 'count',
  deviation: 'count',
};

/** Whether a count can be trusted to be one. */
export const isCounted = ({ coverage, count }: Pick<RoomNow, 'coverage' | 'count'>): boolean =>
  count !== null && (coverage === 'good' || coverage === 'thin');

/** How far a count is from its bounds: people beyond the nearer one, and half widths of the band from its middle. */
export type Deviation = { off: number; score: number };

/** Null where the count, or its bounds, are not known. Inside the band `off` is 0 and |score| at most 1. */
export function deviationOf({ bounds, count }: Pick<RoomNow, 'bounds' | 'count'>): Deviation | null {
  if (bounds === null || count === null) return null;
  const off = count > bounds.high ? count - bounds.high : Math.min(0, count - bounds.low);
  const half = Math.max(HALF_LEAST, (bounds.high - bounds.low) / 2);
  const score = off === 0 ? (count - (bounds.low + bounds.high) / 2) / half : Math.sign(off) + off / half;
  return { off, score };
}

/** A band of nothing still has a width: one person more is not infinitely far. */
const HALF_LEAST = 1;

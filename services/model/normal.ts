import type { RoomFrame } from './frame.ts';

/** What is normal in a room from when until when, UTC ms, of occupancy; a row of the baseline of a day. */
export type Normal = { room: string; from: number; until: number; median: number; low: number; high: number };

/**
 * The same of any measure, with what says "usually": the quartiles of `n` days (or sessions), by which rung of the ladder, and what
 * went on (`''`, `event …`, `session …`). Claps are of ten seconds, temperatures °C.
 */
export type Usual = Normal & {
  measure: 'occupancy' | 'claps' | 'temperature';
  context: string;
  session: string | null;
  rung: 'slot' | 'hour by kind of day' | 'hour' | 'all' | 'session';
  n: number;
  q25: number;
  q75: number;
};

/** What a frame says beside its occupancy. */
export type Expected = Pick<RoomFrame, 'expected' | 'low' | 'high'>;

/** What a baseline expects while its row holds, in badges to the hundredth: live frames and every answer say this number. */
export const expectedBy = ({ median, low, high }: Normal) => ({
  expected: hundredth(median),
  low: hundredth(low),
  high: hundredth(high),
});

export const hundredth = (value: number): number => Math.round(value * 100) / 100;

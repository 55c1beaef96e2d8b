import type { RoomFrame } from './frame.ts';

/** What is normal in a room from when until when, UTC ms, of occupancy; a row of the baseline of a day. */
export type Normal = { room: string; from: number; until: number; median: number; low: number; high: number };

/** What a frame says beside its occupancy. */
export type Expected = Pick<RoomFrame, 'expected' | 'low' | 'high'>;

/** What a baseline expects while its row holds, in badges to the hundredth: live frames and every answer say this number. */
export const expectedBy = ({ median, low, high }: Normal) => ({
  expected: hundredth(median),
  low: hundredth(low),
  high: hundredth(high),
});

const hundredth = (value: number): number => Math.round(value * 100) / 100;

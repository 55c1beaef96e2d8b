import { createHash } from 'node:crypto';
import type { Span, Venue } from '../model/venue.ts';

/**
 * What frames were made on until `time` (UTC ms), hashed: rooms, and the walls, gateways and sensors that there were by then.
 * Where two versions of a venue have the same ground, a state that was saved in one goes on in the other: they differ in what
 * is said, or from then on.
 */
export function groundOf({ zone, rooms, gateways, merges, file }: Venue, time: number): string {
  const sensors = (file.sensors ?? []).map(({ from, until, ...rest }) => ({
    ...rest,
    from: Number(from ?? Number.NEGATIVE_INFINITY),
    until: Number(until ?? Number.POSITIVE_INFINITY),
  }));
  const then = [gateways, merges, sensors].map((rows: Span[]) => begunBy(rows, time));
  return createHash('sha256')
    .update(JSON.stringify([zone, rooms, then]))
    .digest('hex');
}

/** What had begun by `time`; what would end after it has no end yet. */
const begunBy = (rows: Span[], time: number): Span[] =>
  rows
    .filter(({ from }) => from <= time)
    .map((row) => ({ ...row, until: row.until > time ? Number.POSITIVE_INFINITY : row.until }));

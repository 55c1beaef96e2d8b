import type { Query } from '../model/query.ts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;

/** A span with both ends, UTC ms. */
export type Ended = { from: number; until: number };

/**
 * What of a span was shown, in whole seconds: up to the newest frame (`last`, UTC ms). Without a beginning it is the last
 * hour of it. It may be empty.
 */
export function spanSeen(asked: Query['span'], last: number): Ended {
  const shown = last + SECOND_MS;
  const until = Math.min(ceil(asked?.until ?? shown), shown);
  const from = asked?.from === undefined ? until - HOUR_MS : ceil(asked.from);
  return Number.isFinite(until) ? { from, until: Math.max(from, until) } : { from: 0, until: 0 };
}

const ceil = (time: number) => Math.ceil(time / SECOND_MS) * SECOND_MS;

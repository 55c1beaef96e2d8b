import type { Query } from '../model/query.ts';
import { type Derived, knownFrom, knownUntil } from './revisions.ts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;

/** A span with both ends, UTC ms. */
export type Ended = { from: number; until: number };

/**
 * What of a span was shown, in whole seconds: from the first day of which anything is known up to the newest frame. Without a
 * beginning it is the last hour of it. It may be empty.
 */
export function spanSeen(asked: Query['span'], known: Derived, zone: string): Ended {
  const shown = knownUntil(known) + SECOND_MS;
  const until = Math.min(ceil(asked?.until ?? shown), shown);
  if (!Number.isFinite(until)) return { from: 0, until: 0 };
  const from = asked?.from === undefined ? until - HOUR_MS : Math.max(ceil(asked.from), knownFrom(known, zone));
  return { from, until: Math.max(from, until) };
}

const ceil = (time: number) => Math.ceil(time / SECOND_MS) * SECOND_MS;

import { Undelivered } from '../../services/deliver/parcel.ts';
import type { Delivery } from '../../services/model/delivery.ts';

/** Pauses before what failed is tried again, ms, and before what was refused for good is; after the last it waits until somebody asks. */
type Pauses = { usual: readonly number[]; forGood: readonly number[] };
const minutes = (...all: number[]): number[] => all.map((one) => one * 60_000);
const FILES: Pauses = { usual: minutes(1, 5, 30, 120, 360, 720, 1440), forGood: minutes(5, 30) };
/** The same of what rules say, which is for now: a target that is back is found in a minute; of one that is away for long, in ten, for a day. */
export const ALERTS: Pauses = {
  usual: [
    ...[5, 15, 30].map((seconds) => seconds * 1000),
    ...Array.from({ length: 60 }, () => 60_000),
    ...Array.from({ length: 138 }, () => 600_000),
  ],
  forGood: minutes(1, 10),
};
/** After so many failures a delivery no longer holds up those behind it: it may be its own fault. */
const HOLDS = 3;

/** When what has failed so often, the last time so, is tried again (UTC ms); null: it is given up for now. */
export function retryAt(attempt: number, now: number, failed: unknown, { usual, forGood } = FILES): number | null {
  const undelivered = failed instanceof Undelivered ? failed : null;
  const pause = (undelivered?.isForGood ? forGood : usual)[attempt - 1];
  return pause === undefined ? null : now + Math.max(pause, undelivered?.afterMs ?? 0);
}

/** What a destination gets next; or until when it waits (UTC ms), null where nothing is left to be sent. */
export type Next<T> = { send: T } | { wait: number | null };
/** What is known of something that is sent: how it stands, and what of it is through. */
export type Tried = { state: Delivery['state']; attempt: number; retry: number | null; done: readonly string[] };

/**
 * What goes next to a destination. `deliveries`: all that is for it, oldest first. One at a time, in order: while the
 * oldest fails, the others wait for it a while, so that an outage is one failure and not hundreds. Where a part of it went, it is no outage.
 */
export function nextOf<T extends Tried>(deliveries: readonly T[], now: number): Next<T> {
  // Whoever holds the lock of a destination is the only one who sends to it: what is being sent was broken off.
  const broken = deliveries.find(({ state }) => state === 'sending');
  if (broken) return { send: broken };
  const failed = deliveries.filter(({ state, retry }) => state === 'failed' && retry !== null);
  const due = failed.find(({ retry }) => retry! <= now);
  if (due) return { send: due };
  const wait = failed.length > 0 ? Math.min(...failed.map(({ retry }) => retry!)) : null;
  if (failed.some(({ attempt, done }) => attempt <= HOLDS && done.length === 0)) return { wait };
  const fresh = deliveries.find(({ state }) => state === 'waiting');
  return fresh ? { send: fresh } : { wait };
}

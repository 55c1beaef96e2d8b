import type { History } from './history.ts';

/** The minute with the most claps in one room, and when it began (UTC ms). */
export type Loudest = { room: string; at: number; claps: number };

const MINUTE_MS = 60_000;

/** The loudest minute of the last 60; null where nobody clapped, and until all 60 have been read. */
export function loudestOf({ pasts, hourMs, knowsHour }: History, now: number): Loudest | null {
  if (!knowsHour()) return null;
  let best: Loudest | null = null;
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (const [room, { claps }] of pasts)
    for (let at = last - hourMs + MINUTE_MS; at <= last; at += MINUTE_MS) {
      const sum = claps.sumAt(at) ?? 0;
      if (sum >= 1 && sum > (best?.claps ?? 0)) best = { room, at, claps: sum };
    }
  return best && { ...best, claps: Math.round(best.claps) };
}

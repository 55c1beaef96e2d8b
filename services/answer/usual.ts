import { Temporal } from 'temporal-polyfill';
import { median } from '../locate/median.ts';
import type { Span } from '../model/venue.ts';
import { sql } from '../store/sql.ts';
import type { OpenStore } from './heard-by.ts';
import { all, run } from './run.ts';

/** A slot of the day in which a gateway's rate is compared, ms; it is worked out once a slot. */
export const SLOT_MS = 10 * 60_000;
/** Days back that say what is usual, and slots of the last hour where none of them has anything. */
const DAYS = 7;
const SLOTS = 6;

/** What is usual now: sightings a second of each gateway, and of how many days (0: of the last hour). */
export type Usual = { days: number; rates: ReadonlyMap<string, number> };

/**
 * What each gateway usually hears at this time of the day: the median over those of the last seven days, in the venue's zone,
 * in whose same ten minutes anybody heard anything; without such a day, over the ten minutes of the last hour. It reads these
 * slots of the store alone, and nothing of the rest.
 */
export async function usualAt(tables: OpenStore, now: number, zone: string, signal?: AbortSignal): Promise<Usual> {
  const days = await countsIn(tables, daysBefore(now, zone), signal);
  const counts = days.length > 0 ? days : await countsIn(tables, slotsBefore(now), signal);
  const ids = new Set(counts.flatMap((one) => [...one.keys()]));
  const rateOf = (id: string) => (median(counts.map((one) => one.get(id) ?? 0)) ?? 0) / (SLOT_MS / 1000);
  return { days: days.length, rates: new Map([...ids].map((id) => [id, rateOf(id)])) };
}

/** The slot that holds `now`, on each day before, by the clock on the wall. */
export function daysBefore(now: number, zone: string): Span[] {
  const slot = Temporal.Instant.fromEpochMilliseconds(slotOf(now)).toZonedDateTimeISO(zone);
  return Array.from({ length: DAYS }, (_, i) => spanAt(slot.subtract({ days: i + 1 }).epochMilliseconds));
}

const slotsBefore = (now: number): Span[] =>
  Array.from({ length: SLOTS }, (_, i) => spanAt(slotOf(now) - (i + 1) * SLOT_MS));

export const slotOf = (now: number): number => Math.floor(now / SLOT_MS) * SLOT_MS;
const spanAt = (from: number): Span => ({ from, until: from + SLOT_MS });

/** How many sightings each gateway had in each span in which there were any. */
async function countsIn(tables: OpenStore, spans: Span[], signal?: AbortSignal): Promise<Map<string, number>[]> {
  const found: Map<string, number>[] = [];
  for (const span of spans) {
    const opened = await tables({ dataset: 'observations', span, limit: null });
    try {
      const values = { from: BigInt(span.from) * 1000n, until: BigInt(span.until) * 1000n };
      const rows = await all(run(opened, { text: sql(import.meta.url, 'gateway_counts'), values }, signal));
      if (rows.length > 0) found.push(new Map(rows.map((row) => [row.gateway as string, row.sightings as number])));
    } finally {
      opened.close();
    }
  }
  return found;
}

import type { VenueFile } from '../../../services/model/venue.ts';
import type { DayRow } from '../../read/tiles.ts';
import { instantOf } from '../live/gateways.ts';

/** Days that are shown at once at most, and how many if no event says. */
const [DAYS_MAX, DAYS] = [8, 4];

/** Days that belong together; what is not of an event has no name. */
export type Stretch = { name: string | null; days: DayRow[] };

/** Of each day the row that is meant: as seen where it was seen, or the newest corrected one where there is one. */
export function daysAs(rows: DayRow[], isCorrected: boolean): DayRow[] {
  const byDay = new Map<string, DayRow>();
  for (const row of rows) if (isCorrected || !byDay.has(row.day)) byDay.set(row.day, row);
  return [...byDay.values()];
}

/**
 * The days of the record in stretches, oldest first: those of an event together, the others in runs of at most `DAYS` that
 * follow each other.
 */
export function stretchesOf(days: DayRow[], { events = [] }: VenueFile): Stretch[] {
  const spans = events.map(({ id, name, from, until }) => ({
    name: name ?? id,
    from: instantOf(from),
    until: instantOf(until),
  }));
  const found: Stretch[] = [];
  for (const day of days) {
    const name = spans.find(({ from, until }) => from < day.until && until > day.from)?.name ?? null;
    const last = found.at(-1);
    const follows = last?.days.at(-1)?.until === day.from;
    const most = name === null ? DAYS : DAYS_MAX;
    if (last && last.name === name && follows && last.days.length < most) last.days.push(day);
    else found.push({ name, days: [day] });
  }
  return found;
}

/** The stretch that is asked for by its first day, or the one an instant is in, or the newest. */
export function stretchFor(stretches: Stretch[], since: string | null, at: number | null): Stretch | null {
  const bySince = stretches.find(({ days }) => days[0]!.day === since);
  const byTime = stretches.find(({ days }) => at !== null && days[0]!.from <= at && at < days.at(-1)!.until);
  return bySince ?? byTime ?? stretches.at(-1) ?? null;
}

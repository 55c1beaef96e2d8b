import type { VenueFile } from '../../../services/model/venue.ts';
import type { DayRow } from '../../read/tiles.ts';
import { instantOf } from '../live/gateways.ts';

/** Days that are shown at once at most, and how many if no event says. */
const [DAYS_MAX, DAYS] = [8, 7];

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
 * follow each other, counted from the newest, so that the last days stand together.
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
    if (last && last.name === name && follows) last.days.push(day);
    else found.push({ name, days: [day] });
  }
  return found.flatMap(({ name, days }) =>
    piecesOf(days, name === null ? DAYS : DAYS_MAX).map((days) => ({ name, days })),
  );
}

/** Days in pieces of at most so many; what does not fill one is the oldest. */
function piecesOf(days: DayRow[], most: number): DayRow[][] {
  const first = days.length % most || most;
  return Array.from({ length: Math.ceil(days.length / most) }, (_, i) =>
    days.slice(Math.max(0, first + (i - 1) * most), first + i * most),
  );
}

/** The stretch that is asked for by a day of it, or the one an instant is in, or the newest. */
export function stretchFor(stretches: Stretch[], since: string | null, at: number | null): Stretch | null {
  const bySince = stretches.find(({ days }) => days.some(({ day }) => day === since));
  const byTime = stretches.find(({ days }) => at !== null && days[0]!.from <= at && at < days.at(-1)!.until);
  return bySince ?? byTime ?? stretches.at(-1) ?? null;
}

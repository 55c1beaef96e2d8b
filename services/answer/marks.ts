import { holds } from '../locate/floorplan.ts';
import type { Dataset } from '../model/query.ts';
import type { Span, Venue } from '../model/venue.ts';
import type { Row } from '../store/rows.ts';

/** An observation that reached us this long after it happened is late (NUMBERS: Place in time). */
export const LATE_MS = 5 * 60_000;
/** And one from so far in the future is ahead. */
export const AHEAD_MS = 60_000;

/** Marks are derived on reading, never stored: late, ahead, and whether the venue knows the gateway or sensor. */
export async function* marked(rows: AsyncIterable<Row[]>, dataset: Dataset, venue: Venue): AsyncGenerator<Row[]> {
  const places = new Map<string, Span[]>();
  for (const { id, from, until } of [...venue.gateways, ...(venue.file.sensors ?? [])])
    places.set(id, [
      ...(places.get(id) ?? []),
      { from: Number(from ?? Number.NEGATIVE_INFINITY), until: Number(until ?? Number.POSITIVE_INFINITY) },
    ]);
  for await (const chunk of rows) {
    for (const row of chunk) {
      if (dataset === 'observations') mark(row, places);
      else row.reasons = JSON.parse(row.reasons as string);
    }
    yield chunk;
  }
}

function mark(row: Row, places: Map<string, Span[]>): void {
  const delay = (row.received as number) - (row.time as number);
  const stood = places.get((row.gateway ?? row.sensor) as string) ?? [];
  row.known = stood.some((span) => holds(span, row.time as number));
  row.late = delay > LATE_MS;
  row.ahead = -delay > AHEAD_MS;
}

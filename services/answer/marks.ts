import type { Dataset } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import type { Row } from '../store/rows.ts';

/** An observation that reached us this long after it happened is late (NUMBERS: Place in time). */
export const LATE_MS = 5 * 60_000;
/** And one from so far in the future is ahead. */
export const AHEAD_MS = 60_000;

/** Marks are derived on reading, never stored: late, ahead, and whether the venue knows the gateway or sensor. */
export async function* marked(rows: AsyncIterable<Row[]>, dataset: Dataset, venue: Venue): AsyncGenerator<Row[]> {
  const known = new Set(venue.gateways.map((gateway) => gateway.id));
  for (const sensor of venue.file.sensors ?? []) known.add(sensor.id);
  for await (const chunk of rows) {
    for (const row of chunk) {
      if (dataset === 'observations') mark(row, known);
      else row.reasons = JSON.parse(row.reasons as string);
    }
    yield chunk;
  }
}

function mark(row: Row, known: Set<string>): void {
  const delay = (row.received as number) - (row.time as number);
  row.known = known.has((row.gateway ?? row.sensor) as string);
  row.late = delay > LATE_MS;
  row.ahead = -delay > AHEAD_MS;
}

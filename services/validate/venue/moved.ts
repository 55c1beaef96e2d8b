import type { VenueFile } from '../../model/venue.ts';
import { normaliseId } from '../mac.ts';
import { instantOf } from './rules.ts';

/** Where a gateway stands from an instant on (UTC ms): a room, a place in metres, metres above the floor. */
export type NewPlace = { room: string; x?: number; y?: number; height?: number; from: number };

/**
 * The venue in which a gateway stands elsewhere from an instant on. Where it stood until then stays written, so that what was
 * is read as it was. One that the venue did not know stands there from then on. A later place that is written already stays,
 * and ends the new one.
 */
export function moved(file: VenueFile, gateway: string, { from, ...place }: NewPlace): VenueFile {
  const id = normaliseId(gateway);
  const isIts = (row: VenueFile['gateways'][number]) => normaliseId(row.id) === id;
  const its = file.gateways.filter(isIts);
  const at = new Date(from).toISOString();
  const begins = (row: { from?: unknown }) => instantOf(row.from) ?? Number.NEGATIVE_INFINITY;
  const ends = (row: { until?: unknown }) => instantOf(row.until) ?? Number.POSITIVE_INFINITY;
  const before = its.find((row) => begins(row) < from && from < ends(row));
  const same = its.find((row) => begins(row) === from);
  const later = its
    .map(begins)
    .filter((begin) => begin > from)
    .sort((a, b) => a - b)[0];
  const until = same?.until ?? (later === undefined ? before?.until : new Date(later).toISOString());
  const offset = (same ?? before)?.offset;
  const next = {
    ...{ id: its[0]?.id ?? gateway, ...place, from: at },
    ...(offset !== undefined && { offset }),
    ...(until !== undefined && { until }),
  };
  const rows = file.gateways.filter((row) => row !== same).map((row) => (row === before ? { ...row, until: at } : row));
  return { ...file, gateways: [...rows, next] };
}

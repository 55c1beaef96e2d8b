import type { VenueFile } from '../../../services/model/venue.ts';
import type { DeedRow } from '../../read/sending.ts';
import { instantOf } from '../live/gateways.ts';

/** Something that changed: when (UTC ms), what, and who did it if somebody did. */
export type Change = { at: number; what: string; who: string | null };

/** What changed since an instant, newest first: what people did, gateways that began or ended, walls. */
export function changesSince(since: number, now: number, deeds: readonly DeedRow[], venue: VenueFile): Change[] {
  const names = new Map(venue.rooms.map(({ id, name }) => [id, name ?? id]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const done = deeds.map(({ time, did, what, who }) => ({ at: time, what: `${did}: ${what}`, who }));
  const stood = venue.gateways.flatMap(({ id, room, from, until }) => [
    ...(from === undefined ? [] : [{ at: instantOf(from), what: `${id} stands in ${nameOf(room)}`, who: null }]),
    ...(until === undefined
      ? []
      : [{ at: instantOf(until), what: `${id} left its place in ${nameOf(room)}`, who: null }]),
  ]);
  const walls = (venue.merges ?? []).flatMap(({ room, from, until }) => [
    { at: instantOf(from), what: `${nameOf(room)} is one room`, who: null },
    { at: instantOf(until), what: `${nameOf(room)} is parted again`, who: null },
  ]);
  return [...done, ...stood, ...walls].filter(({ at }) => at >= since && at <= now).sort((a, b) => b.at - a.at);
}

import type { ChangedVenue } from '../../read/live-rows.ts';
import type { DeedRow } from '../../read/sending.ts';
import { instantOf } from '../live/gateways.ts';

/** Something that changed: when (UTC ms), what, and who did it if somebody did. */
export type Change = { at: number; what: string; who: string | null };

/** What changed since an instant, newest first: what people did, gateways that were put up, moved or taken away, walls. */
export function changesSince(
  since: number,
  now: number,
  deeds: readonly DeedRow[],
  of: Pick<ChangedVenue, 'venue' | 'changes'>,
): Change[] {
  const { venue, changes } = of;
  const names = new Map(venue.rooms.map(({ id, name }) => [id, name ?? id]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const done = deeds.map(({ time, did, what, who }) => ({ at: time, what: `${did}: ${what}`, who }));
  const stood = changes.map(({ time, sentence }) => ({ at: time, what: sentence, who: null }));
  const walls = (venue.merges ?? []).flatMap(({ room, from, until }) => [
    { at: instantOf(from), what: `${nameOf(room)} is one room`, who: null },
    { at: instantOf(until), what: `${nameOf(room)} is parted again`, who: null },
  ]);
  return [...done, ...stood, ...walls].filter(({ at }) => at >= since && at <= now).sort((a, b) => b.at - a.at);
}

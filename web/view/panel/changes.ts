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
  const today = changes.filter(({ time }) => time >= since && time <= now);
  const moverOf = (sentence: string) => deeds.find((deed) => isSame(deed, sentence))?.who ?? null;
  const stood = today.map(({ time, sentence }) => ({ at: time, what: sentence, who: moverOf(sentence) }));
  // Somebody's move is told once: as what became of the gateway, where that is of today.
  const done = deeds
    .filter((deed) => !today.some(({ sentence }) => isSame(deed, sentence)))
    .map(({ time, did, what, who }) => ({ at: time, what: `${did}: ${what}`, who }));
  const walls = (venue.merges ?? []).flatMap(({ room, from, until }) => [
    { at: instantOf(from), what: `${nameOf(room)} is one room`, who: null },
    { at: instantOf(until), what: `${nameOf(room)} is parted again`, who: null },
  ]);
  return [...done, ...stood, ...walls].filter(({ at }) => at >= since && at <= now).sort((a, b) => b.at - a.at);
}

/** `pi-3 to hall from …` is somebody's deed, `Gateway pi-3 was moved to Hall` what became of it. */
const isSame = ({ did, what }: DeedRow, sentence: string): boolean =>
  did === 'moved' && sentence.startsWith(`Gateway ${what.split(' ')[0]} was `);

import type { VenueFile } from '../../../services/model/venue.ts';
import { deviationOf, type RoomNow } from './room.ts';

/** What is to be looked at, worst first. */
const KINDS = ['over', 'deaf', 'silent', 'gap', 'thin', 'unusual'] as const;
export type AttentionKind = (typeof KINDS)[number];

/** Something that is true of a room now; of all of them where `room` is null. */
export type Attention = {
  kind: AttentionKind;
  room: { id: string; name: string; capacity: number | null } | null;
  now: RoomNow;
};

export function attentionOf({ rooms }: VenueFile, now: Map<string, RoomNow>): Attention[] {
  const found = rooms.flatMap(({ id, name, capacity }): Attention[] => {
    const room = now.get(id);
    const kind = room && kindOf(room, capacity ?? null);
    return kind ? [{ kind, room: { id, name: name ?? id, capacity: capacity ?? null }, now: room }] : [];
  });
  const gaps = found.filter(({ kind }) => kind === 'gap');
  const measured = [...now.values()].filter(({ coverage }) => coverage !== 'unmeasured').length;
  // No frame is one thing to look at, not as many as there are rooms.
  if (gaps.length > 1 && gaps.length === measured) return [{ ...gaps[0]!, room: null }];
  return found.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function kindOf({ coverage, count, usual }: RoomNow, capacity: number | null): AttentionKind | null {
  if (coverage === 'deaf' || coverage === 'silent' || coverage === 'gap') return coverage;
  if (capacity !== null && count !== null && count > capacity) return 'over';
  if (coverage === 'thin') return 'thin';
  return (deviationOf({ usual, count })?.off ?? 0) === 0 ? null : 'unusual';
}

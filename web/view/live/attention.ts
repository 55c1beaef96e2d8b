import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from './gateways.ts';
import { deviationOf, type RoomNow } from './room.ts';

/** What is to be looked at, worst first. */
const KINDS = ['over', 'deaf', 'silent', 'gap', 'thin', 'unusual', 'moved'] as const;
/** A gateway that was moved is worth a word for so long, ms: counts before and after are not of the same instrument. */
const MOVED_MS = 3_600_000;
/** So many people beyond the bounds are nothing to look at yet. */
const UNUSUAL_FROM = 3;
export type AttentionKind = (typeof KINDS)[number];

/** Something that is true of a room now; of all of them where `room` is null. */
export type Attention = {
  kind: AttentionKind;
  room: { id: string; name: string; capacity: number | null } | null;
  now: RoomNow;
  /** when a gateway of the room came, left or was raised last, UTC ms; null: not lately */
  moved: number | null;
};

/** @param at the instant that is shown, UTC ms; null: none yet */
export function attentionOf(venue: VenueFile, now: Map<string, RoomNow>, at: number | null): Attention[] {
  const changes = at === null ? new Map<string, number>() : movedBy(venue, at);
  const found = venue.rooms.flatMap(({ id, name, capacity }): Attention[] => {
    const room = now.get(id);
    const moved = changes.get(id) ?? null;
    const kind = room && (kindOf(room, capacity ?? null) ?? (moved === null ? null : 'moved'));
    return kind ? [{ kind, room: { id, name: name ?? id, capacity: capacity ?? null }, now: room, moved }] : [];
  });
  const gaps = found.filter(({ kind }) => kind === 'gap');
  const measured = [...now.values()].filter(({ coverage }) => coverage !== 'unmeasured').length;
  // No frame is one thing to look at, not as many as there are rooms.
  if (gaps.length > 1 && gaps.length === measured) return [{ ...gaps[0]!, room: null }];
  return found.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function kindOf({ coverage, count, bounds }: RoomNow, capacity: number | null): AttentionKind | null {
  if (coverage === 'deaf' || coverage === 'silent' || coverage === 'gap') return coverage;
  if (capacity !== null && count !== null && count > capacity) return 'over';
  if (coverage === 'thin') return 'thin';
  return Math.abs(deviationOf({ bounds, count })?.off ?? 0) < UNUSUAL_FROM ? null : 'unusual';
}

const edges = new WeakMap<VenueFile, { room: string; at: number }[]>();

/** When gateways of each room came or left last, as far as that was lately. */
function movedBy(venue: VenueFile, now: number): Map<string, number> {
  const all = edges.get(venue) ?? edgesOf(venue);
  edges.set(venue, all);
  return new Map(all.filter(({ at }) => at <= now && at > now - MOVED_MS).map(({ room, at }) => [room, at]));
}

const edgesOf = ({ gateways }: VenueFile): { room: string; at: number }[] =>
  gateways
    .flatMap(({ room, from, until }) =>
      [from, until].flatMap((end) => (end === undefined ? [] : [{ room, at: instantOf(end) }])),
    )
    .sort((a, b) => a.at - b.at);

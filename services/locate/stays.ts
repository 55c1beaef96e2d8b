import type { Presence } from '../model/presence.ts';
import { nextMidnight } from './midnight.ts';
import { RULE, SECOND_MS } from './rule.ts';

/** The rule that looks ahead, over the same windows, levels and weights. */
export const CORRECTED_RULE = `${RULE}d`;

/** An unbroken stay in a room; `parked` has the spans (UTC ms) in which the badge lay on a table, the last may be open. */
export type Stay = { room: string; from: number; reason: string; parked: { from: number; until: number }[] };

/** Where pieces begin and end whatever happens: a span in whole seconds, and the midnights of a zone. */
export type Cuts = { from: number; until: number; zone: string };

/**
 * The presences of a stay that ended at `until` (null: it goes on), cut at midnights, where it began to lie on a table or
 * was taken up, and at the ends of the span. `heard` of a piece that others follow is at most its end.
 */
export function* presencesIn(
  badge: string,
  stay: Stay,
  until: number | null,
  heard: number,
  cuts: Cuts,
): Generator<Presence> {
  const end = Math.min(until ?? Number.POSITIVE_INFINITY, cuts.until);
  let from = Math.max(stay.from, cuts.from);
  // An open stay is cut at the midnights that it was heard after.
  const known = Math.min(end, Math.max(from, heard) + SECOND_MS);
  for (const cut of [...edgesOf(stay, from, end), ...midnights(from, known, cuts.zone)].sort((a, b) => a - b)) {
    if (cut <= from || cut >= end) continue;
    yield piece(badge, stay, from, cut, heard);
    from = cut;
  }
  if (from < end) yield piece(badge, stay, from, Number.isFinite(end) ? end : null, heard);
}

const edgesOf = ({ parked }: Stay, from: number, until: number): number[] => [
  ...new Set(parked.flatMap((span) => [span.from, span.until]).filter((edge) => edge > from && edge < until)),
];

function* midnights(from: number, until: number, zone: string): Generator<number> {
  for (let day = nextMidnight(zone, from); day < until; day = nextMidnight(zone, day)) yield day;
}

const piece = (badge: string, stay: Stay, from: number, until: number | null, heard: number): Presence => ({
  badge,
  room: stay.room,
  from,
  until,
  reason: stay.reason,
  parked: stay.parked.some((span) => span.from <= from && from < span.until),
  heard: until === null ? heard : Math.min(heard, until),
  visit: stay.from,
  rule: CORRECTED_RULE,
});

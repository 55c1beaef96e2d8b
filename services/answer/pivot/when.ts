import type { When } from '../../model/pivot.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { Refused } from '../refused.ts';

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const SECOND_MS = 1000;
/** No observation is stored outside these, so they stand for an open end (UTC ms). */
const ALL_TIME: Span = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2101, 0, 1) };

/**
 * The span of a question, UTC ms; open ends are those of all time. What is relative ends with the second that is now.
 * Throws `Refused` where the venue knows no such event or session, or two ways are mixed.
 */
export function resolveWhen(when: When | undefined, venue: Venue, now: number): Span {
  const { from, until, last, event, session } = when ?? {};
  const ways = [from ?? until, last, event, session].filter((way) => way !== undefined);
  if (ways.length > 1) throw refused('/span', 'from and until, or one of last, event, session', JSON.stringify(when));
  const { events = [], sessions = [] } = venue.file;
  if (last !== undefined) {
    const end = Math.floor(now / SECOND_MS) * SECOND_MS;
    return { from: end - Number(last.slice(0, -1)) * UNIT_MS[last.at(-1)!]!, until: end };
  }
  if (event !== undefined) return named(events, event, '/span/event');
  if (session !== undefined) return named(sessions, session, '/span/session');
  const span = { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until };
  if (span.from >= span.until) throw refused('/span', 'until after from', `${span.from} to ${span.until}`);
  return { from: Math.max(span.from, ALL_TIME.from), until: Math.min(span.until, ALL_TIME.until) };
}

type Named = { id: string; from: string | number; until: string | number };

function named(list: Named[], id: string, pointer: string): Span {
  const found = list.find((one) => one.id === id);
  const ids = list
    .map((one) => one.id)
    .slice(0, 20)
    .join(', ');
  if (!found) throw refused(pointer, ids ? `one of the venue's: ${ids}` : 'a venue that has some', id);
  return { from: Number(found.from), until: Number(found.until) };
}

/** The zone of a question: its own, or the venue's. Throws `Refused` where there is none of that name. */
export function resolveZone(zone: string | undefined, venue: Venue): string {
  if (zone === undefined) return venue.zone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch (error) {
    if (error instanceof RangeError) throw refused('/zone', 'an IANA time zone, Europe/Dublin', zone);
    throw error;
  }
}

const refused = (pointer: string, expected: string, found: string) => new Refused([{ pointer, expected, found }]);

import { CALENDAR_SESSION, type CalendarReport, type CalendarSession } from '../../model/programme.ts';
import type { VenueFile } from '../../model/venue.ts';

/** Locations that are shown of those that are no room. */
const UNMATCHED_MAX = 100;

/**
 * The venue with the sessions of a calendar in place of those that an import brought before; all others stay as they are. A
 * session has the room whose id or name its location is, as a whole or up to a comma, or which `rooms` says it means.
 */
export function withProgramme(
  file: VenueFile,
  sessions: readonly CalendarSession[],
  rooms: Readonly<Record<string, string>>,
): { file: VenueFile; report: Omit<CalendarReport, 'left'> } {
  const roomFor = roomByWords(file, rooms);
  const unmatched = new Map<string, number>();
  const taken = sessions.map(({ id, title, location, from, until }) => {
    const room = roomFor(location);
    if (room === undefined && location !== '') unmatched.set(location, (unmatched.get(location) ?? 0) + 1);
    const span = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
    return { id, title, ...(room !== undefined && { room }), ...span };
  });
  const others = (file.sessions ?? []).filter(({ id }) => !id.startsWith(CALENDAR_SESSION));
  const most = [...unmatched].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, UNMATCHED_MAX);
  return {
    file: { ...file, sessions: [...others, ...taken] },
    report: { sessions: taken.length, unmatched: most.map(([location, count]) => ({ location, sessions: count })) },
  };
}

/** Finds the room that words mean; letters' case and width of gaps do not matter. */
function roomByWords(
  { rooms }: VenueFile,
  said: Readonly<Record<string, string>>,
): (words: string) => string | undefined {
  const ids = new Set(rooms.map(({ id }) => id));
  const known = new Map<string, string>();
  for (const { id, name } of rooms) known.set(plain(id), id).set(plain(name ?? id), id);
  for (const [words, id] of Object.entries(said)) if (ids.has(id)) known.set(plain(words), id);
  return (words) => known.get(plain(words)) ?? known.get(plain(words.split(/[,;(]/)[0]!));
}

const plain = (words: string): string =>
  words
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

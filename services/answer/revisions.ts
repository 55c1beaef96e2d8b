import { fileOf, type Part, readParts } from '../ledger/manifest.ts';
import { type Day, daysIn, startOf } from '../model/day.ts';
import type { Span } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import { Refused } from './refused.ts';

/** Which version of what is derived: of each day the newest corrected, else as seen; as seen; or that number. */
export type Asked = 'latest' | 'as-seen' | number;

/** What is read of a day: files of one revision, the record, or nothing where there is none. */
export type Read = Day & { revision: number } & (
    | { from_: 'files'; presences: string; frames: string }
    | { from_: 'record' }
    | { from_: 'nothing' }
  );

export type Derived = { house: string | null; record: AsSeen };

/** The newest instant that any derived part or the record knows, UTC ms; −Infinity: nothing is known. */
export function knownUntil({ house, record }: Derived): number {
  const parts = house === null ? [] : readParts(house, 'frames');
  return Math.max(record.last, ...parts.map(({ span }) => span.until - 1000));
}

/** When the first day begins of which any derived part or the record knows something, UTC ms; ∞: nothing is known. */
export function knownFrom({ house, record }: Derived, zone: string): number {
  const days = [...record.days(), ...(house === null ? [] : readParts(house, 'frames')).map(({ day }) => day)].sort();
  return days[0] === undefined ? Number.POSITIVE_INFINITY : startOf(days[0], zone);
}

/** What to read of the days that a span touches. Throws `Refused` where a day does not have the revision that is asked for. */
export function readingOf(span: Span, zone: string, asked: Asked, { house, record }: Derived): Read[] {
  const parts = {
    presences: byDay(house === null ? [] : readParts(house, 'presences')),
    frames: byDay(house === null ? [] : readParts(house, 'frames')),
  };
  const recorded = new Set(record.days());
  return daysIn(span, zone).map((day) => {
    const [frames, presences] = [parts.frames.get(day.day) ?? [], parts.presences.get(day.day) ?? []];
    const part = partAsked(day, asked, frames);
    const own = part && presencesFor(part, presences);
    if (house !== null && part && own)
      return {
        ...day,
        revision: part.revision,
        from_: 'files',
        presences: fileOf(house, 'presences', own),
        frames: fileOf(house, 'frames', part),
      };
    return { ...day, revision: 0, from_: recorded.has(day.day) ? 'record' : 'nothing' };
  });
}

function byDay(parts: Part[]): Map<string, Part[]> {
  const days = new Map<string, Part[]>();
  for (const part of parts) days.set(part.day, [...(days.get(part.day) ?? []), part]);
  return days;
}

/** Null: the day as it was seen, which no job has rolled. */
function partAsked({ day }: Day, asked: Asked, parts: Part[]): Part | null {
  const seen = parts.find(({ revision }) => revision === 0) ?? null;
  if (asked === 'latest') return parts.findLast(({ revision }) => revision > 0) ?? seen;
  if (asked === 'as-seen' || asked === 0) return seen;
  const found = parts.find(({ revision }) => revision === asked);
  if (found) return found;
  const there = [0, ...parts.map(({ revision }) => revision).filter((revision) => revision > 0)];
  const expected = `a revision that ${day} has: ${[...new Set(there)].join(', ')}, as-seen or latest`;
  throw new Refused([{ pointer: '/revision', expected, found: String(asked) }]);
}

/** Those that the frames were made from: the newest of their kind that were there then. */
const presencesFor = (frames: Part, parts: Part[]): Part | null =>
  parts.findLast(({ revision, made }) => revision > 0 === frames.revision > 0 && made <= frames.made) ?? null;

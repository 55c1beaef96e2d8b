import { createHash } from 'node:crypto';
import ical, { type EventInstance, type VEvent } from 'node-ical';
import { CALENDAR_SESSION, type CalendarRead, type CalendarSession, SESSIONS_MAX } from '../model/programme.ts';
import type { Span } from '../model/venue.ts';

/** Characters of a title and of a place that are kept, and examples of what was left out. */
const TEXT_MAX = 200;
const EXAMPLES = 5;

/** A text that is no calendar. */
export class NoCalendar extends Error {}

/** A date and time without a zone, as lines of an event have it: RFC 5545 calls it floating. */
const FLOATING =
  /^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)((?:;VALUE=DATE-TIME)?):(\d{8}T\d{6}(?:,\d{8}T\d{6})*)$/gim;

/**
 * The sessions of an iCalendar text that begin in a span (UTC ms), recurring ones by each time they take place, in order. A
 * time without a zone is that of the venue (`zone`, IANA). Run it under TZ=UTC: what reads the text takes an unknown zone for
 * that of the process. Throws `NoCalendar`.
 */
export function readCalendar(text: string, zone: string, { from, until }: Span): CalendarRead {
  if (!/^\s*\uFEFF?BEGIN:VCALENDAR/i.test(text))
    throw new NoCalendar(
      `expected an iCalendar that begins with BEGIN:VCALENDAR, found ${text.trim().slice(0, 40) || 'nothing'}`,
    );
  const unfolded = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n[ \t]/g, '')
    .replace(/\r\n/g, '\n');
  const lines = unfolded.replace(
    FLOATING,
    (_, name: string, value: string, times: string) => `${name};TZID=${zone}${value}:${times}`,
  );
  const events = Object.values(ical.sync.parseICS(lines)).filter((one): one is VEvent => one?.type === 'VEVENT');
  const left = new Map<string, string[]>();
  const sessions = new Map<string, CalendarSession>();
  for (const event of events)
    for (const one of timesOf(event, from, until)) {
      const why = whyLeft(one);
      const title = textOf(one.summary) || 'Untitled';
      if (why) left.set(why, [...(left.get(why) ?? []), title]);
      else if (one.start.getTime() >= from && one.start.getTime() < until) {
        const session = sessionOf(one, title);
        sessions.set(session.id, session);
      }
    }
  const all = [...sessions.values()].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  if (all.length > SESSIONS_MAX) throw new NoCalendar(`expected ${SESSIONS_MAX} sessions at most, found ${all.length}`);
  return {
    sessions: all,
    left: [...left].map(([what, titles]) => ({ what, count: titles.length, examples: titles.slice(0, EXAMPLES) })),
  };
}

const timesOf = (event: VEvent, from: number, until: number): EventInstance[] =>
  ical.expandRecurringEvent(event, { from: new Date(from), to: new Date(until), expandOngoing: true });

/** Why an event is no session; null: it is one. */
function whyLeft({ start, end, isFullDay, event }: EventInstance): string | null {
  if (event.status === 'CANCELLED') return 'cancelled';
  if (isFullDay) return 'lasts whole days';
  const { tz } = start as Date & { tz?: string };
  if (tz !== undefined && !isZone(tz)) return `in a zone that nobody knows (${tz.slice(0, 60)})`;
  return end.getTime() > start.getTime() ? null : 'has no end after its beginning';
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Its id stays when it is moved: it is made of the event's and of when it was to be at first. */
function sessionOf({ start, end, event }: EventInstance, title: string): CalendarSession {
  const first = (event.recurrenceid as Date | undefined) ?? (event.rrule ? start : null);
  const key = createHash('sha256')
    .update(`${event.uid} ${first?.toISOString() ?? ''}`)
    .digest('hex');
  const id = `${CALENDAR_SESSION}${key.slice(0, 16)}`;
  return { id, title, location: textOf(event.location), from: start.getTime(), until: end.getTime() };
}

/** A text without what cannot be seen; parameters of its line are nobody's business. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? (value as { val?: unknown }).val : value;
  return String(text ?? '')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, TEXT_MAX);
}

import { wholeOf } from '../../locate/floorplan.ts';
import { parseInstant } from '../../model/instant.ts';
import type { ColumnType } from '../../model/query.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { Refused } from '../refused.ts';
import { type Calendar, calendarOf } from './calendar.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Unknown in a column of bins: no part of time is negative. */
export const NONE = -1;

/** A part of time: what it is, and how its values are told from its texts. */
type Part = {
  label: string;
  type: ColumnType;
  unit?: string;
  /** SQL of the text of a key, where the key is not shown itself */
  text?: (key: string) => string;
  /** the table of the texts of its keys */
  words?: 'event' | 'session' | 'title';
  /** width if none is given, and the widest, ms: those that have widths */
  width?: number;
  /** a value as a question has it → its key; null where there is none such */
  key(value: string | number, venue: Venue): number | null;
};

const number = (value: string | number): number | null => {
  const found = typeof value === 'number' ? value : /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(found) ? found : null;
};

/** Parts of time that every dataset has, in the zone of the question. */
export const PARTS: Record<string, Part> = {
  event: { label: 'Event', type: 'text', words: 'event', key: (value, { file }) => place(file.events, value) },
  eventDay: { label: 'Day of the event', type: 'number', key: number },
  day: { label: 'Day', type: 'text', text: dayText, key: dayKey },
  weekday: { label: 'Weekday (1 = Monday)', type: 'number', key: number },
  hour: { label: 'Hour of the day', type: 'number', unit: 'h', key: number },
  time: { label: 'Time of the day', type: 'text', width: 15 * 60_000, text: clockText, key: clockKey },
  step: {
    label: 'Time',
    type: 'instant',
    width: HOUR_MS,
    text: (key) => `make_timestamp(${key} * 1000)`,
    key: (value) => (typeof value === 'number' ? value : parseInstant(value)),
  },
  session: {
    label: 'Session',
    type: 'text',
    words: 'title',
    key: (value, venue) => listed(titlesOf(venue), String(value)),
  },
  sessionId: {
    label: 'Session (id)',
    type: 'text',
    words: 'session',
    key: (value, { file }) => place(file.sessions, value),
  },
};

function dayText(key: string): string {
  return `strftime(DATE '1970-01-01' + ${key}::INTEGER, '%Y-%m-%d')`;
}
function dayKey(value: string | number): number | null {
  const ms = /^\d{4}-\d\d-\d\d$/.test(String(value)) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  // The 31st of February is taken for the 3rd of March.
  const isDay = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(String(value));
  return isDay ? ms / DAY_MS : null;
}
/** 10:15, or 10:15:30 where it has seconds. */
function clockText(key: string): string {
  const shown = (format: string) => `strftime(TIMESTAMP '1970-01-01' + to_milliseconds(${key}), '${format}')`;
  return `CASE WHEN ${key} % 60000 = 0 THEN ${shown('%H:%M')} ELSE ${shown('%H:%M:%S')} END`;
}
function clockKey(value: string | number): number | null {
  const [, hours, minutes, seconds = '0'] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(String(value)) ?? [];
  return hours === undefined ? null : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
const listed = (list: string[], value: string): number | null => {
  const at = list.indexOf(value);
  return at < 0 ? null : at;
};
const place = (list: { id: string }[] | undefined, value: string | number) =>
  listed(
    (list ?? []).map(({ id }) => id),
    String(value),
  );

/** The titles of sessions, each once: two events line up by them. */
export const titlesOf = ({ file }: Venue): string[] => [...new Set((file.sessions ?? []).map(({ title }) => title))];

/** A part of time as it was asked: `time:15m` is `{part: 'time', width: 900000}`. */
export type Timed = { part: string; width: number };

/** A bin: in it no asked part of time changes. `keys` in the order of what was asked; sessions are by room (`Sitting`). */
export type Bin = Span & { keys: number[] };
/** Which session there is in a room (null: in none that is known) in a bin that begins then. */
export type Sitting = { bin: number; room: string | null; title: number; session: number };
/** Bins in the order of time, made as they are read; of each, in that order, who sits in it, where that is asked; `block`: how wide a block is by which rows find their bin, ms. */
export type Cut = { bins: Iterable<Bin>; sittingsIn: ((bin: Bin) => Sitting[]) | null; block: number };

/** Steps that would be more than can be made. */
export class TooFine extends Refused {
  readonly bins: number;
  constructor(bins: number, max: number, found: string) {
    super([{ pointer: '/rows', expected: `steps that give ${max} bins at most`, found }]);
    this.bins = bins;
  }
}

/** Cuts a span (UTC ms) wherever one of the asked parts of time changes. Throws `TooFine` where that is more often than `max` times. */
export function cut(span: Span, asked: Timed[], venue: Venue, zone: string, max: number): Cut {
  refuseMany(span, asked, max);
  const bySession = asked.some(({ part }) => part === 'session' || part === 'sessionId');
  return {
    bins: binsIn(asked, calendarOf(span, zone), venue, zone),
    sittingsIn: bySession ? sitter(venue) : null,
    block: blockOf(asked),
  };
}

function* binsIn(asked: Timed[], calendar: Calendar, venue: Venue, zone: string): Generator<Bin> {
  const keyed = asked.map((timed) => keyer(timed, calendar, venue, zone));
  const fixed = asked.flatMap(({ part }) => namedEdges(part, venue));
  for (const stretch of calendar.stretches) {
    const { from, until } = stretch;
    const edges = new Set([from, ...fixed.filter((time) => time >= from && time < until)]);
    for (const timed of asked) for (const edge of clockEdges(timed, stretch)) edges.add(edge);
    const starts = [...edges].sort((a, b) => a - b);
    for (const [i, start] of starts.entries())
      yield { from: start, until: starts[i + 1] ?? until, keys: keyed.map((key) => key(start)) };
  }
}

/** About how many bins there will be: the finest width decides. */
const binsAbout = (span: Span, asked: Timed[]): number =>
  Math.ceil((span.until - span.from) / Math.min(...asked.map(finest)));

const finest = ({ part, width }: Timed): number =>
  part === 'hour' ? HOUR_MS : PARTS[part]!.width === undefined ? DAY_MS : width;

const BLOCKS_MS = [DAY_MS, HOUR_MS, ...[30, 15, 10, 5, 1].map((minutes) => minutes * 60_000)];

/** Blocks of whole seconds by which rows find their bin, ms: about as wide as the finest bin. */
function blockOf(asked: Timed[]): number {
  const width = Math.min(DAY_MS, ...asked.map(finest));
  return BLOCKS_MS.find((block) => block <= width) ?? 1000;
}

function refuseMany(span: Span, asked: Timed[], max: number): void {
  const count = binsAbout(span, asked);
  if (count <= max) return;
  const { part, width } = asked.reduce((a, b) => (finest(a) <= finest(b) ? a : b));
  const found = `${part}:${width / 1000}s over ${Math.ceil((span.until - span.from) / DAY_MS)} days: ${count} bins`;
  throw new TooFine(count, max, found);
}

const msOf = (value: string | number): number => Number(value);

/** Instants at which a part of time may change that the venue names. */
function namedEdges(part: string, { file: { events = [], sessions = [] }, merges }: Venue): number[] {
  const spans = {
    event: events,
    eventDay: events,
    session: [...sessions, ...merges],
    sessionId: [...sessions, ...merges],
  };
  return (spans[part as keyof typeof spans] ?? []).flatMap(({ from, until }) => [msOf(from), msOf(until)]);
}

/** Those on the clock, within a stretch. */
function* clockEdges(
  { part, width }: Timed,
  { from, until, offset, day }: Calendar['stretches'][number],
): Generator<number> {
  const [isClock, isStep] = [part === 'hour' || part === 'time', part === 'step'];
  if (!isClock && !isStep) return;
  const first = isStep ? day : DAY_MS * Math.floor((from + offset) / DAY_MS) - offset;
  const step = part === 'hour' ? HOUR_MS : width;
  for (let at = first + step * Math.max(0, Math.ceil((from - first) / step)); at < until; at += step) yield at;
}

/** The key of a part of time at an instant. */
function keyer({ part, width }: Timed, calendar: Calendar, venue: Venue, zone: string): (time: number) => number {
  const { local, dayStart } = calendar;
  const ofDay = (time: number) => local(time) % DAY_MS;
  const dayOf = (time: number) => Math.floor(local(time) / DAY_MS);
  const events = eventsOf(venue, zone);
  const eventAt = (time: number) => events.findLast((event) => event.from <= time && time < event.until);
  const keys: Record<string, (time: number) => number> = {
    event: (time) => eventAt(time)?.index ?? NONE,
    eventDay: (time) => {
      const event = eventAt(time);
      return event ? dayOf(time) - event.day + 1 : NONE;
    },
    day: dayOf,
    // The first of January 1970 was a Thursday.
    weekday: (time) => ((dayOf(time) + 3) % 7) + 1,
    hour: (time) => Math.floor(ofDay(time) / HOUR_MS),
    time: (time) => Math.floor(ofDay(time) / width) * width,
    step: (time) => dayStart(time) + Math.floor((time - dayStart(time)) / width) * width,
  };
  return keys[part] ?? (() => NONE);
}

/** Events in the order in which they begin, with the local day of it: of two at once the later one counts. */
function eventsOf({ file: { events = [] } }: Venue, zone: string) {
  return events
    .map(({ from, until }, index) => {
      const span = { from: msOf(from), until: msOf(until) };
      const day = Math.floor(calendarOf({ from: span.from, until: span.from + 1 }, zone).local(span.from) / DAY_MS);
      return { ...span, index, day };
    })
    .sort((a, b) => a.from - b.from);
}

/** In a room the session in it counts, then one that is in no room; of several the one that began last. Bins are asked in order. */
function sitter(venue: Venue): (bin: Bin) => Sitting[] {
  const titles = titlesOf(venue);
  const sessions = (venue.file.sessions ?? [])
    .map((session, index) => ({ ...session, from: msOf(session.from), until: msOf(session.until), index }))
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  let first = 0;
  return ({ from }) => {
    while (first < sessions.length && sessions[first]!.until <= from) first += 1;
    const held = sessions.slice(first).filter((session) => session.from <= from && from < session.until);
    if (held.length === 0) return [];
    const walls = venue.merges.filter((merge) => merge.from <= from && from < merge.until);
    return [...venue.rooms, null].flatMap((room) => {
      const own = held.findLast((session) => session.room !== undefined && wholeOf(walls, session.room) === room);
      const session = own ?? held.findLast((one) => one.room === undefined);
      return session ? [{ bin: from, room, title: titles.indexOf(session.title), session: session.index }] : [];
    });
  };
}

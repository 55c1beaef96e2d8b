import type { Anomaly } from '../../../services/model/anomaly.ts';
import type { VenueChange } from '../../../services/model/changes.ts';
import type { Note } from '../../../services/model/note.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { ChangedVenue } from '../../read/live-rows.ts';
import { instantOf } from '../live/gateways.ts';
import { type Book, timeOf } from './book.ts';
import type { Stretch } from './days.ts';
import type { Loaded } from './load.ts';
import { stateAt } from './rooms.ts';

/**
 * Something worth stepping to, UTC ms; `until` where it lasts. `change`: an instrument begins or ends; `wall`: rooms become
 * one, or apart again; `anomaly`: more or less than what is usual.
 */
export type Moment = {
  kind: 'anomaly' | 'change' | 'wall' | 'deaf' | 'silent' | 'gap' | 'loudest' | 'note';
  at: number;
  until: number | null;
  room: string | null;
  /** what a kind has to say: a gateway, a count */
  detail: string | number | null;
  /** of a note */
  id?: string;
};

/** What was read beside the tiles. */
export type Said = { anomalies: Anomaly[]; notes: Note[] };
const NOTHING_SAID: Said = { anomalies: [], notes: [] };

/** A state that lasts less is not worth a mark, steps. */
const LEAST = 10;
/** More marks of a day than so many are no help; notes are not among them. */
const MARKS_MAX = 400;

/** The moments of a book, in order. */
export function momentsOf(
  book: Book,
  { venue, changes }: Pick<ChangedVenue, 'venue' | 'changes'>,
  said: Said = NOTHING_SAID,
): Moment[] {
  const told = [...anomaliesOf(said.anomalies), ...notesOf(said.notes)];
  const found = [
    ...told,
    ...changesOf(changes),
    ...wallsOf(venue),
    ...gapsOf(book),
    ...spellsOf(book),
    ...loudestOf(book),
  ];
  return found
    .filter(({ at }) => at >= book.from && at < book.until)
    .sort((a, b) => a.at - b.at || (a.kind < b.kind ? -1 : 1));
}

/** The moments of what is read, with what was said of it; and those of each day. */
export function momentsIn({ book, venue, stretch }: Pick<Loaded, 'book' | 'venue' | 'stretch'>, said: Said) {
  const moments = momentsOf(book, venue, said);
  return { moments, momentsOf: byDay(moments, stretch) };
}

/** The moments of a day, in order, and how many more it has that are not shown. */
export type DayMoments = { moments: Moment[]; more: number };

/** The moments that begin on each day or last into it; of more than `MARKS_MAX` those that last least are left out, never a note. */
export function byDay(moments: Moment[], { days }: Stretch): (day: string) => DayMoments {
  const found = new Map(
    days.map(({ day, from, until }) => [
      day,
      shownOf(moments.filter((one) => one.at < until && (one.at >= from || (one.until ?? 0) > from))),
    ]),
  );
  return (day) => found.get(day) ?? { moments: [], more: 0 };
}

function shownOf(moments: Moment[]): DayMoments {
  const marks = moments.filter(({ kind }) => kind !== 'note').sort((a, b) => lengthOf(b) - lengthOf(a));
  const left = new Set(marks.slice(MARKS_MAX));
  return { moments: moments.filter((one) => !left.has(one)), more: left.size };
}

/** ms; what has no end lasts */
const lengthOf = ({ at, until }: Moment): number => (until ?? Number.MAX_SAFE_INTEGER) - at;

/** The sentence of an anomaly begins with its room, which is said anyway. */
const anomaliesOf = (anomalies: Anomaly[]): Moment[] =>
  anomalies.map(({ room, time, until, sentence }) => ({ kind: 'anomaly', at: time, until, room, detail: sentence }));

const notesOf = (notes: Note[]): Moment[] =>
  notes.map(({ id, time, until, room, text }) => ({ kind: 'note', at: time, until, room, detail: text, id }));

const changesOf = (changes: VenueChange[]): Moment[] =>
  changes.map(({ time, room, sentence }) => ({ kind: 'change', at: time, until: null, room, detail: sentence }));

const wallsOf = ({ merges = [] }: VenueFile): Moment[] =>
  merges.map(({ room, from, until }) => ({
    kind: 'wall',
    at: instantOf(from),
    until: instantOf(until),
    room,
    detail: null,
  }));

/** Spans without any frame, between two frames. */
export function gapsOf(book: Book): Moment[] {
  return runsOf(book.steps, (i) => (book.made[i] === 0 ? 'gap' : null))
    .filter(({ first, end }) => book.made[first - 1]! > 0 && book.made[end]! > 0)
    .map(({ first, end }) => ({
      kind: 'gap',
      at: timeOf(book, first),
      until: timeOf(book, end),
      room: null,
      detail: null,
    }));
}

/** Rooms that were deaf or silent. */
function spellsOf(book: Book): Moment[] {
  return [...book.lanes].flatMap(([room, lane]) =>
    runsOf(book.steps, (i) => {
      const state = stateAt(lane, i);
      return state === 'deaf' || state === 'silent' ? state : null;
    })
      .filter(({ first, end }) => end - first >= LEAST)
      .map(({ first, end, of }) => ({
        kind: of as 'deaf' | 'silent',
        at: timeOf(book, first),
        until: end < book.steps && book.made[end]! >= 0 ? timeOf(book, end) : null,
        room,
        detail: null,
      })),
  );
}

const loudestOf = (book: Book): Moment[] =>
  book.loudest === null
    ? []
    : [
        {
          kind: 'loudest',
          at: timeOf(book, book.loudest.step),
          until: null,
          room: book.loudest.room,
          detail: Math.round(book.loudest.claps),
        },
      ];

type Run = { first: number; end: number; of: string };

/** Steps in a row of which the same is true. */
function runsOf(steps: number, of: (i: number) => string | null): Run[] {
  const found: Run[] = [];
  let run: Run | null = null;
  for (let i = 0; i < steps; i++) {
    const state = of(i);
    if (run && run.of === state) run.end = i + 1;
    else {
      run = state === null ? null : { first: i, end: i + 1, of: state };
      if (run) found.push(run);
    }
  }
  return found;
}

/** The next or last of some instants (UTC ms, in order) seen from `at`; null at an end. */
export function neighbour(instants: number[], at: number, way: 1 | -1): number | null {
  const found = way > 0 ? instants.find((time) => time > at) : instants.findLast((time) => time < at);
  return found ?? null;
}

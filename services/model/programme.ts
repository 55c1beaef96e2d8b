import Type, { type Static } from 'typebox';
import { Id, Maybe, Time } from './fields.ts';

/** Characters of a calendar at most, and sessions that are taken from one. */
export const CALENDAR_MAX = 4 * 1024 * 1024;
export const SESSIONS_MAX = 5000;

/** What the sessions of a calendar are called: by this an import knows its own. */
export const CALENDAR_SESSION = 'ics-';

/** Where the programme comes from: an address that is read again, or a file that was sent. */
export const GivenProgramme = Type.Object(
  {
    url: Type.Optional(Maybe(Type.String({ maxLength: 2000, pattern: '^https?://', description: 'http or https' }))),
    every: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440, unit: 'min', description: '15 if not given' })),
    rooms: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Id, {
        maxProperties: 500,
        description: 'a LOCATION of the calendar → the room it means, where neither its id nor its name says so',
      }),
    ),
    calendar: Type.Optional(Type.String({ maxLength: CALENDAR_MAX, description: 'an iCalendar file, read once' })),
  },
  { additionalProperties: false },
);
export type GivenProgramme = Static<typeof GivenProgramme>;

const Left = Type.Object({ what: Type.String(), count: Type.Integer(), examples: Type.Array(Type.String()) });

/** What became of a calendar: what was taken, and what was not. */
export const CalendarReport = Type.Object({
  sessions: Type.Integer({ description: 'taken into the venue' }),
  unmatched: Type.Array(Type.Object({ location: Type.String(), sessions: Type.Integer() }), {
    description: 'locations that are no room: their sessions have none',
  }),
  left: Type.Array(Left, { description: 'events that are no sessions, by why' }),
});
export type CalendarReport = Static<typeof CalendarReport>;

/** The programme of a venue as it stands. */
export const Programme = Type.Object({
  url: Maybe(Type.String()),
  every: Type.Integer({ unit: 'min' }),
  rooms: Type.Record(Type.String(), Type.String()),
  read: Maybe(Time),
  next: Maybe(Time),
  /** when the venue changed by it last */
  changed: Maybe(Time),
  report: Maybe(CalendarReport),
  error: Maybe(Type.String()),
});
export type Programme = Static<typeof Programme>;

/** A session as a calendar has it, UTC ms; `location` is as written. */
export type CalendarSession = { id: string; title: string; location: string; from: number; until: number };
export type CalendarRead = { sessions: CalendarSession[]; left: Static<typeof Left>[] };

import Type, { type Static } from 'typebox';
import { ID_PATTERN, Maybe, PLAIN_TEXT, Time } from './fields.ts';

/** Characters of a note at most. */
const NOTE_MAX = 2000;
/** A note's id is chosen by whoever writes it, so that writing it again changes nothing. */
export const NOTE_ID = '^[A-Za-z0-9_-]{1,64}$';

/** What somebody wrote about a moment, or (`until`) about a span; a bookmark is one without words. Times are UTC ms. */
export const Note = Type.Object({
  id: Type.String({ pattern: NOTE_ID }),
  time: Time,
  until: Maybe(Time),
  room: Maybe(Type.String({ pattern: ID_PATTERN })),
  text: Type.String({ maxLength: NOTE_MAX, pattern: PLAIN_TEXT }),
  wall: Type.Boolean({ description: 'a notice: the wall shows it from its time on, until its end' }),
  made: Time,
});
export type Note = Static<typeof Note>;

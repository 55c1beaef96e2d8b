import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from '../live/gateways.ts';
import type { Stretch } from './days.ts';
import { type Loop, loopWithin } from './loop.ts';

/** What a film may be of, UTC ms; a session has its title, all else is of one kind. */
export type FilmSpan = { of: string; from: number; until: number };
type Read = {
  book: { from: number; until: number };
  known: number;
  stretch: Stretch;
  venue: Pick<VenueFile, 'sessions'>;
};

/**
 * What there may be a film of, as far as it is known: the loop, the sessions of the day that the cursor (UTC ms) is in, those
 * that go on then first, the day, and everything that is read.
 */
export function filmSpans(
  { book, known, stretch, venue: { sessions = [] } }: Read,
  loop: Loop | null,
  at: number,
): FilmSpan[] {
  const within = (span: Loop) => loopWithin(span, { book, known });
  const named = (of: string, span: Loop | null) => {
    const some = span && within(span);
    return some ? [{ of, ...some }] : [];
  };
  const day = stretch.days.find(({ from, until }) => from <= at && at < until) ?? null;
  const talks = sessions
    .map(({ title, from, until }) => ({ title, from: instantOf(from), until: instantOf(until) }))
    .filter(({ from, until }) => day !== null && from < day.until && until > day.from)
    .sort((a, b) => a.from - b.from || a.until - b.until);
  const isOn = ({ from, until }: Loop) => from <= at && at < until;
  return [
    ...named('The loop', loop),
    ...[...talks.filter(isOn), ...talks.filter((talk) => !isOn(talk))].flatMap((talk) => named(talk.title, talk)),
    ...named('The day', day),
    ...named(stretch.name ?? 'All days', book),
  ];
}

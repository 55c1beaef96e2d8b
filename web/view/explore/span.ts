import type { When } from '../../../services/model/pivot.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { instantOf } from '../live/gateways.ts';
import { instantAt, localAt } from '../local-time.ts';

/** A span as somebody writes it: local times, `2026-11-03T10:42`; empty is an open end. */
export type WrittenSpan = { from: string; until: string };

const UNITS_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Times that anything can be of, as the service has them. */
const [YEAR_MIN, YEAR_MAX] = [2000, 2099];

/** The span that is written, or in words what of it is wrong. */
export function spanIn({ from, until }: WrittenSpan, zone: string): { span: When } | { fault: string } {
  const ends = Object.entries({ from, until }).filter(([, local]) => local !== '');
  if (ends.length === 0) return { fault: 'Expected a time in at least one of the two; “The whole past” has neither.' };
  for (const [name, local] of ends) {
    const year = Number(local.slice(0, 4));
    if (year < YEAR_MIN || year > YEAR_MAX)
      return {
        fault: `${nameOf(name)}: expected a year from ${YEAR_MIN} to ${YEAR_MAX}, found ${local.split('-')[0]}.`,
      };
    if (instantAt(local, zone) === null)
      return {
        fault: `${nameOf(name)}: expected a time that clocks show, found ${local.replace('T', ' ')}: they leave it out there.`,
      };
  }
  const span: When = Object.fromEntries(ends.map(([name, local]) => [name, instantAt(local, zone)!]));
  if (span.from !== undefined && span.until !== undefined && span.from >= span.until)
    return { fault: 'Until: expected a time after the first one.' };
  return { span };
}

const nameOf = (name: string) => (name === 'from' ? 'From' : 'Until');

/** What is asked about, as it would be written at `now` (UTC ms): the ends of an event, the last hours. */
export function writtenOf(
  span: When,
  { events = [], sessions = [] }: Pick<VenueFile, 'events' | 'sessions'>,
  zone: string,
  now: number,
): WrittenSpan {
  const named =
    events.find(({ id }) => id === span.event) ?? sessions.find(({ id }) => id !== undefined && id === span.session);
  const [, count, unit] = /^(\d+)([mhd])$/.exec(span.last ?? '') ?? [];
  const past = count ? { from: now - Number(count) * UNITS_MS[unit!]!, until: now } : span;
  const { from, until } = named ?? past;
  const local = (at: string | number | undefined) => (at === undefined ? '' : localAt(instantOf(at), zone));
  return { from: local(from), until: local(until) };
}

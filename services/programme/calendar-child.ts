import type { CalendarRead } from '../model/programme.ts';
import type { Span } from '../model/venue.ts';
import { NoCalendar, readCalendar } from '../validate/ical.ts';

/** What the child is asked, and what it says. */
export type CalendarAsked = { text: string; zone: string; span: Span };
export type CalendarSaid = { read: CalendarRead } | { refused: string };

/** A child that reads one calendar and ends: who started it bounds its time and its memory, and has it live in UTC. */
process.once('message', ({ text, zone, span }: CalendarAsked) => {
  process.send!(saidOf(text, zone, span), () => process.exit(0));
});

function saidOf(text: string, zone: string, span: Span): CalendarSaid {
  try {
    return { read: readCalendar(text, zone, span) };
  } catch (error) {
    // Whoever wrote the text also wrote what the reader of calendars stumbles over.
    const words =
      error instanceof NoCalendar
        ? error.message
        : `expected an iCalendar, found one that cannot be read: ${(error as Error).message}`;
    return { refused: words };
  }
}

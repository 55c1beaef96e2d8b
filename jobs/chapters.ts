import { appendInstant } from '../services/answer/minutes.ts';
import type { Mark } from '../services/model/anomaly.ts';
import type { Span, Venue } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';

/** What is judged of a room by its baseline. */
const JUDGED = ['occupancy', 'claps', 'temperature'] as const;

/**
 * From `from` on (UTC ms) the readings of a room and measure are of this kind: `context` is '' on ordinary days, `event …`
 * while an event goes on, `session …` (its kind) while one is in the room.
 */
export type Chapter = {
  room: string;
  measure: (typeof JUDGED)[number];
  from: number;
  context: string;
  session: string | null;
  /** gateways of the room that were placed before */
  epoch: number;
  isExcluded: boolean;
  isForgiven: boolean;
};

type Known = Pick<Venue, 'file' | 'rooms' | 'gateways' | 'merges'>;
type Named = Span & { id: string; context: string };

/** Cuts a span (UTC ms) for each room and measure where what is known of it changes. */
export function chaptersOf(venue: Known, marks: readonly Mark[], { from, until }: Span): Chapter[] {
  const events = (venue.file.events ?? []).map((one) => ({ ...spanOf(one), id: one.id, context: `event ${one.id}` }));
  return venue.rooms.flatMap((room) => {
    const parts = new Set([room, ...venue.merges.filter((merge) => merge.room === room).flatMap(({ of }) => of)]);
    const sessions = sessionsIn(venue, room);
    const moved = venue.gateways.filter((one) => parts.has(one.room)).map((one) => one.from);
    const moves = [...new Set(moved)].filter(Number.isFinite).sort((a, b) => a - b);
    const excluded = (venue.file.excluded ?? []).filter(({ rooms }) => !rooms || rooms.includes(room)).map(spanOf);
    return JUDGED.flatMap((measure) => {
      const own = marks.filter((mark) => (mark.room ?? room) === room && (mark.measure ?? measure) === measure);
      const left = [...excluded, ...own.filter(({ kind }) => kind === 'exclude').map(({ span }) => span)];
      const forgiven = own.filter(({ kind }) => kind === 'not an anomaly').map(({ span }) => span);
      const spans = [...events, ...sessions, ...left, ...forgiven];
      const cuts = [from, ...moves, ...spans.flatMap((span) => [span.from, span.until])];
      return [...new Set(cuts)]
        .filter((time) => time >= from && time < until)
        .sort((a, b) => a - b)
        .map((time): Chapter => {
          const session = sessions.find((one) => holds(one, time));
          return {
            room,
            measure,
            from: time,
            context: session?.context ?? events.find((one) => holds(one, time))?.context ?? '',
            session: session?.id ?? null,
            epoch: moves.filter((moment) => moment <= time).length,
            isExcluded: left.some((one) => holds(one, time)),
            isForgiven: forgiven.some((one) => holds(one, time)),
          };
        });
    });
  });
}

/** Makes the table `chapter` and fills it. */
export async function fillChapters(connection: Memory['connection'], chapters: readonly Chapter[]): Promise<void> {
  await connection.run(sql(import.meta.url, 'chapter_table'));
  const appender = await connection.createAppender('chapter');
  for (const { room, measure, from, context, session, epoch, isExcluded, isForgiven } of chapters) {
    appender.appendVarchar(room);
    appender.appendVarchar(measure);
    appendInstant(appender, from);
    appender.appendVarchar(context);
    if (session === null) appender.appendNull();
    else appender.appendVarchar(session);
    appender.appendInteger(epoch);
    appender.appendBoolean(isExcluded);
    appender.appendBoolean(isForgiven);
    appender.endRow();
  }
  appender.closeSync();
}

function sessionsIn({ file }: Pick<Venue, 'file'>, room: string): Named[] {
  const own = (file.sessions ?? []).filter((session) => session.room === room);
  return own.map((one) => ({ ...spanOf(one), id: one.id, context: `session ${one.kind ?? 'other'}` }));
}

const spanOf = ({ from, until }: { from: string | number; until: string | number }): Span => ({
  from: msOf(from),
  until: msOf(until),
});

/** What the venue's reader has left as text is RFC 3339. */
const msOf = (instant: string | number): number => (typeof instant === 'number' ? instant : Date.parse(instant));

const holds = ({ from, until }: Span, time: number): boolean => from <= time && time < until;

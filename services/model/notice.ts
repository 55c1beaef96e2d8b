import { Temporal } from 'temporal-polyfill';
import Type, { type Static } from 'typebox';
import { Maybe, SHOWN_TEXT, Time } from './fields.ts';
import type { Reason } from './reject.ts';
import type { VenueFile } from './venue.ts';

/** What people are told: something urgent, something good to know, what goes on, what comes. */
const NOTICE_KINDS = ['alert', 'info', 'now', 'next'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
/** Characters of a notice at most: a wall holds no more. */
const NOTICE_MAX = 280;
/** A notice's id is chosen by whoever writes it: the same again is the same notice. */
export const NOTICE_ID = '^[A-Za-z0-9._-]{1,64}$';
/** For whom: everybody, or a floor, a room or a gateway by its id. */
const TARGET = '^(venue|(floor|room|gateway):[A-Za-z0-9._:-]{1,64})$';
const MINUTE_MS = 60_000;
const DAY_MIN = 1440;
/** Minutes between two times of a notice, and how often it is told, at most. */
const EVERY_MAX = 7 * DAY_MIN;
const TIMES_MAX = 1000;

export const Kind = Type.Unsafe<NoticeKind>({
  type: 'string',
  enum: [...NOTICE_KINDS],
  description: NOTICE_KINDS.join(', '),
});
const Instant = Type.Union([Type.String({ format: 'date-time' }), Type.Integer()]);
export const Targets = Type.Array(
  Type.String({ pattern: TARGET, description: 'venue, floor:ID, room:ID or gateway:ID' }),
  {
    minItems: 1,
    maxItems: 100,
  },
);
/** It is for everybody who looks, so it names no badge. */
export const NoticeText = Type.String({ minLength: 1, maxLength: NOTICE_MAX, pattern: SHOWN_TEXT });
const written = {
  kind: Type.Optional(Kind),
  text: NoticeText,
  targets: Type.Optional(Targets),
  until: Type.Optional(Maybe(Instant)),
  /** minutes from one time to the next, and how many times; whole days are days by the clock on the wall */
  every: Type.Optional(Maybe(Type.Integer({ minimum: 1, maximum: EVERY_MAX, unit: 'min' }))),
  times: Type.Optional(Maybe(Type.Integer({ minimum: 1, maximum: TIMES_MAX }))),
};

/** A notice as somebody writes it on the page: from now on where nothing is said. */
export const GivenNotice = Type.Object(
  { id: Type.Optional(Type.String({ pattern: NOTICE_ID })), from: Type.Optional(Instant), ...written },
  { additionalProperties: false },
);
export type GivenNotice = Static<typeof GivenNotice>;

/** A notice of the venue's file. */
export const VenueNotice = Type.Object({ id: Type.String({ pattern: NOTICE_ID }), from: Instant, ...written });

/** Where a notice comes from: written on the page, in the venue's file, by a rule, or a note that the wall shows. */
const ORIGINS = ['page', 'venue', 'rule', 'note'] as const;

/** A notice; times are UTC ms, and `until` null means that it holds until somebody ends it. */
export const Notice = Type.Object({
  id: Type.String(),
  kind: Kind,
  text: Type.String(),
  targets: Type.Array(Type.String()),
  from: Time,
  until: Maybe(Time),
  every: Maybe(Type.Integer()),
  times: Type.Integer(),
  /** when somebody ended it before its time */
  ended: Maybe(Time),
  origin: Type.Unsafe<(typeof ORIGINS)[number]>({ type: 'string', enum: [...ORIGINS] }),
});
export type Notice = Static<typeof Notice>;

/** Whether the public may know of it where counts are rounded: what a rule says tells a count as it is, to the second. */
export const isForPublic = ({ origin }: Pick<Notice, 'origin'>): boolean => origin !== 'rule';

/** A notice that holds: which of its times this is, and that time's bounds, UTC ms. */
export type Holding = Pick<Notice, 'id' | 'kind' | 'text' | 'targets' | 'from' | 'until' | 'origin'> & { turn: number };

/** The notices that hold at an instant (UTC ms), oldest first. `zone`: of the venue, by whose clock days repeat. */
export function holdingAt(notices: readonly Notice[], at: number, zone: string): Holding[] {
  return notices
    .flatMap((notice) => turnAt(notice, at, zone) ?? [])
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The time of a notice that holds at an instant; null: none does. */
export function turnAt(notice: Notice, at: number, zone: string): Holding | null {
  const { id, kind, text, targets, until, times, ended, origin } = notice;
  if (at < notice.from || (ended !== null && at >= ended)) return null;
  const turn = Math.min(times - 1, begunBy(notice, at, zone));
  const from = beginOf(notice, turn, zone);
  const end = until === null ? null : from + until - notice.from;
  return end !== null && at >= end ? null : { id, kind, text, targets, from, until: end, origin, turn };
}

/** How a notice stands at an instant (UTC ms). */
export function stateOf(notice: Notice, at: number, zone: string): 'now' | 'later' | 'over' {
  if (turnAt(notice, at, zone)) return 'now';
  const { times, ended } = notice;
  const next = begunBy(notice, at, zone) + 1;
  return next < times && (ended === null || beginOf(notice, next, zone) < ended) ? 'later' : 'over';
}

/** When a time of a notice begins, UTC ms: after whole days by the clock on the wall, else after so many minutes. */
export function beginOf({ from, every }: Pick<Notice, 'from' | 'every'>, turn: number, zone: string): number {
  const minutes = turn * (every ?? 0);
  if ((every ?? 0) % DAY_MIN !== 0 || minutes === 0) return from + minutes * MINUTE_MS;
  const first = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  return first.add({ days: minutes / DAY_MIN }).epochMilliseconds;
}

/** The last time of a notice to begin by an instant (UTC ms), as if it had no last; −1 before the first. */
export function begunBy({ from, every }: Pick<Notice, 'from' | 'every'>, at: number, zone: string): number {
  if (at < from || every === null) return at < from ? -1 : 0;
  // Clocks change by less than a day.
  let turn = Math.floor((at - from) / (every * MINUTE_MS)) + 1;
  while (beginOf({ from, every }, turn, zone) > at) turn -= 1;
  return turn;
}

/** Whether a place is meant: the venue is everywhere, a floor is all its rooms. */
export function isFor(
  targets: readonly string[],
  place: { floor?: string | null; room?: string | null; gateway?: string | null },
): boolean {
  const own = (['floor', 'room', 'gateway'] as const).map((what) => `${what}:${place[what]}`);
  return targets.some((target) => target === 'venue' || own.includes(target));
}

/** What is wrong with a notice beyond its shape. `venue` says which floors, rooms and gateways there are. */
export function noticeFaults(
  notice: Pick<Notice, 'targets' | 'from' | 'until' | 'every' | 'times'>,
  venue: VenueFile,
): Reason[] {
  const { from, until, every, times } = notice;
  const faults = targetFaults(notice.targets, venue);
  if (until !== null && until <= from)
    faults.push({ pointer: '/until', expected: 'an instant after from', found: new Date(until).toISOString() });
  if (every !== null && until === null)
    faults.push({ pointer: '/until', expected: 'an end, beside every', found: 'nothing' });
  if (every !== null && until !== null && until - from > every * MINUTE_MS)
    faults.push({ pointer: '/every', expected: 'no less than one time lasts', found: `${every} minutes` });
  if (every === null && times > 1)
    faults.push({ pointer: '/every', expected: 'minutes from one time to the next, beside times', found: 'nothing' });
  return faults;
}

/** Targets that the venue does not have. */
export function targetFaults(targets: readonly string[], venue: VenueFile): Reason[] {
  const ids: Record<string, Set<string>> = {
    floor: new Set((venue.floors ?? []).map(({ id }) => id)),
    room: new Set(venue.rooms.map(({ id }) => id)),
    gateway: new Set(venue.gateways.map(({ id }) => id)),
  };
  return targets.flatMap((target, i) => {
    const [what = '', ...rest] = target.split(':');
    const known = ids[what];
    if (!known || known.has(rest.join(':'))) return [];
    return [{ pointer: `/targets/${i}`, expected: `a ${what} of the venue`, found: target }];
  });
}

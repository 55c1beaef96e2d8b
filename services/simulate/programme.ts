import { readBeside } from './house.ts';

const DAY_S = 86_400;

export type Kind = 'talk' | 'workshop' | 'break' | 'meal' | 'social' | 'registration';

/** A session; `from` and `until` are seconds since the midnight with which day 0 began. */
export type Session = {
  id: string;
  title: string;
  kind: Kind;
  room: string;
  day: number;
  from: number;
  until: number;
  /** percent of those who are there that choose it */
  share: number;
  /** applause every so many seconds; 0: at the end alone */
  applauseEvery: number;
};

/** Sessions that begin together and are of one kind: who is there chooses between them. */
export type Slot = {
  kind: Kind;
  day: number;
  from: number;
  until: number;
  sessions: number[];
  /** one talk that follows another in the same room without a break */
  isSequel: boolean;
  /** 1 or 2 of two sittings, else 0 */
  sitting: 0 | 1 | 2;
};

type Row = { day: number; from: string; until: string };
type SessionRow = Row & {
  id: string;
  title: string;
  kind: Kind;
  room: string;
  share?: number;
  applauseMinutes?: number;
};
type File = { sessions: SessionRow[]; merges: Row[] };

const file = readBeside<File>('./programme.json');

export const sessions: readonly Session[] = file.sessions.map((row) => ({
  id: row.id,
  title: row.title,
  kind: row.kind,
  room: row.room,
  day: row.day,
  ...spanOf(row),
  share: row.share ?? 0,
  applauseEvery: (row.applauseMinutes ?? 0) * 60,
}));

/** When the movable wall is open, seconds. */
export const merges: readonly { from: number; until: number }[] = file.merges.map(spanOf);

/** The slots of each day, in order. */
export const slots: readonly (readonly Slot[])[] = [0, 1, 2, 3].map(slotsOf);

/** The last day of the event. */
export const LAST_DAY = 3;

function spanOf({ day, from, until }: Row): { from: number; until: number } {
  return { from: secondOf(day, from), until: secondOf(day, until) };
}

/** The second since the midnight of day 0 with which a day begins. */
export const midnightOf = (day: number): number => day * DAY_S;

/** The second since the midnight of day 0 at which it is `time`, HH:MM, on a day. */
export function secondOf(day: number, time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return day * DAY_S + hours! * 3600 + minutes! * 60;
}

function slotsOf(day: number): Slot[] {
  const made = new Map<string, Slot>();
  for (const [index, session] of sessions.entries()) {
    if (session.day !== day) continue;
    // talks and workshops compete with each other; a break is no alternative to breakfast
    const key = `${session.from} ${session.kind === 'workshop' ? 'talk' : session.kind}`;
    const slot = made.get(key) ?? emptySlot(session);
    slot.sessions.push(index);
    slot.until = Math.min(slot.until, session.until);
    made.set(key, slot);
  }
  for (const slot of made.values()) slot.isSequel &&= slot.sessions.length === 1;
  return [...made.values()].sort((a, b) => a.from - b.from);
}

function emptySlot(session: Session): Slot {
  const { kind, day, from, until, room } = session;
  const isAlike = (other: Session) => other.kind === kind && other.room === room && other.day === day;
  const isSequel = sessions.some((other) => isAlike(other) && other.until === from);
  const isFirst = sessions.some((other) => isAlike(other) && other.from === until);
  const sitting = kind !== 'meal' ? 0 : isFirst ? 1 : isSequel ? 2 : 0;
  return { kind, day, from, until, sessions: [], isSequel: kind === 'talk' && isSequel, sitting };
}

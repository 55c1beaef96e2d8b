import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { AIR_MS, BODY_MAX, REMEMBERED, session, sides, slotOf, unlike, words } from '../model/badge-2018.ts';
import { beginOf, begunBy, type Holding, holdingAt, isFor, type Notice, turnAt } from '../model/notice.ts';
import type { Item, Talk } from '../model/now-next.ts';

/** Alerts and infos that are on air at once at most: a badge remembers three of a kind, more would come for ever. */
const SPOKEN = 3;

/** Where somebody is told something: a gateway, its room (both names while a wall is open) and its floor. */
export type Ears = { gateway: string; rooms: readonly string[]; floor: string | null };

/** An advert for badges of 2018: hex of what follows the company's id; `of` says which notice, null: the programme. */
type OnAir = {
  bytes: string;
  of: string | null;
  kind: Notice['kind'];
  text: string;
  cut: number;
  replaced: number;
};

/** What a gateway is told, all that holds: notices, and what its badges hear. Its id is that of its content. */
export type Bulletin = {
  id: string;
  notices: Holding[];
  now: Talk | null;
  next: Talk | null;
  /** adverts in turn, so long each, for so long after they changed */
  badge: { company: string; slotMs: number; airMs: number; adverts: OnAir[] };
};

/** What is told at an instant (UTC ms). `notices` are all there ever were, since badges remember; `programme` is that of the instant. */
export function bulletinFor(
  ears: Ears,
  {
    notices,
    programme,
    zone,
    at,
  }: { notices: readonly Notice[]; programme: readonly Item[]; zone: string; at: number },
): Bulletin {
  const own = notices.filter(({ targets }) => isMeant(targets, ears));
  const holding = holdingAt(own, at, zone);
  const here = programme.find(({ room }) => ears.rooms.includes(room));
  const adverts = [
    ...spoken('alert', own, at, zone),
    ...spoken('info', own, at, zone),
    ...told(programme, ears, zone, holding),
  ];
  const said = {
    notices: holding,
    now: here?.now ?? null,
    next: here?.next ?? null,
    badge: { company: '9005', slotMs: slotOf(adverts.length), airMs: AIR_MS, adverts },
  };
  return { id: createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16), ...said };
}

const isMeant = (targets: readonly string[], { gateway, rooms, floor }: Ears): boolean =>
  rooms.some((room) => isFor(targets, { gateway, room, floor }));

/** Alerts or infos that hold, the newest three; each differs from the three told before it, else badges would pass it over. */
function spoken(kind: 'alert' | 'info', notices: readonly Notice[], at: number, zone: string): OnAir[] {
  const said: string[] = [];
  const now: OnAir[] = [];
  for (const { notice, turn, from } of turnsOf(notices, kind, at, zone)) {
    const before = said.slice(-REMEMBERED);
    said.push(unlike(notice.text, before, BODY_MAX.flags - 1));
    if (turnAt(notice, at, zone)?.turn !== turn || from > at) continue;
    now.push({ ...adverted(words(kind, notice.text, before)), of: notice.id, kind, text: notice.text });
  }
  return now.slice(-SPOKEN);
}

/** Each time of each notice up to an instant, in order. */
function turnsOf(notices: readonly Notice[], kind: 'alert' | 'info', at: number, zone: string) {
  return notices
    .filter((notice) => notice.kind === kind && notice.from <= at)
    .flatMap((notice) => {
      const count = Math.min(notice.times, begunBy(notice, at, zone) + 1);
      return Array.from({ length: count }, (_, turn) => ({ notice, turn, from: beginOf(notice, turn, zone) }));
    })
    .sort((a, b) => a.from - b.from || (a.notice.id < b.notice.id ? -1 : 1));
}

/** What is now and next, that of the own room first; written notices of these kinds come before the programme. */
function told(programme: readonly Item[], { rooms }: Ears, zone: string, holding: readonly Holding[]): OnAir[] {
  const isOwn = ({ room }: Item) => rooms.includes(room);
  const items = [...programme.filter(isOwn), ...programme.filter((item) => !isOwn(item))];
  return (['now', 'next'] as const).flatMap((kind) => {
    const written = holding
      .filter((one) => one.kind === kind)
      .map(({ id, text, from }) => ({ of: id, title: text, from }));
    const talks = items.flatMap((item) => item[kind] ?? []).map(({ title, from }) => ({ of: null, title, from }));
    const minutes = ({ from }: { from: number }) => minutesOf(from, zone);
    return sides([...written, ...talks], minutes).map((one, side) => ({
      ...adverted(session(kind, side as 0 | 1, minutes(one), one.title)),
      ...{ of: one.of, kind, text: one.title },
    }));
  });
}

const adverted = ({ bytes, cut, replaced }: ReturnType<typeof words>) => ({
  bytes: Buffer.from(bytes).toString('hex'),
  cut,
  replaced,
});

/** Minutes since local midnight on the clock of the zone. */
function minutesOf(at: number, zone: string): number {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return hour * 60 + minute;
}

import type { Notice } from '../model/notice.ts';
import type { Firing } from '../model/rule.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Entry, Known, Ledger } from './ledger.ts';
import { readNotes } from './notes.ts';
import { openAndNewest, readFirings } from './rules.ts';
import { say, valueAt } from './runs.ts';

const noticeKey = (id: string): string => `notice/${id}`;
/** That a notice was ended before its time, wherever it comes from; `time` null: it was not, after all. */
const endKey = (id: string): string => `ended/${id}`;
type End = { time: number | null };
/** What a gateway has acknowledged lies below the notice. */
const heardKey = (id: string, gateway: string): string => `heard/${id}/${gateway}`;

/** Of what a list of notices is made; whoever follows these prefixes knows when it may be another one. */
export const NOTICED = ['notice/', 'ended/', 'firing/', 'note/'] as const;

/**
 * Every notice that was made or is derived: written ones, those of the venue's file, notes for the wall, and what rules say
 * as long as they hold, of which those of the newest episodes stay. Nothing is stored twice: what is derived follows what it comes from.
 */
export async function readNotices(ledger: Pick<Ledger, 'list'>, venue: VenueFile): Promise<Notice[]> {
  const written = (await ledger.list('notice/')) as Entry<Notice>[];
  const ended = (await ledger.list('ended/')) as Entry<End>[];
  const ends = new Map(ended.map(({ key, value }) => [key.slice('ended/'.length), value.time]));
  const firings = await readFirings(ledger, undefined, openAndNewest);
  const notes = (await readNotes(ledger)).filter(({ wall, text }) => wall && text !== '');
  const all = [
    ...written.map(({ value }) => value),
    ...noticesIn(venue),
    ...firings.flatMap((firing) => noticeOf(firing) ?? []),
    ...notes.map(
      ({ id, time, until, text }): Notice =>
        notice({ id: `note-${id}`, kind: 'info', text, from: time, until, origin: 'note' }),
    ),
  ];
  return all
    .map((one) => ({ ...one, ended: ends.get(one.id) ?? one.ended }))
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

type Said = Pick<Notice, 'id' | 'kind' | 'text' | 'from' | 'until' | 'origin'> & Partial<Notice>;
export const notice = (said: Said): Notice => ({ targets: ['venue'], every: null, times: 1, ended: null, ...said });

/** The notices of the venue's file, whose instants are UTC ms by now. */
function noticesIn({ notices = [] }: VenueFile): Notice[] {
  return notices.map(
    ({ id, kind = 'info', text, targets = ['venue'], from, until = null, every = null, times = 1 }) => {
      const [begins, ends] = [Number(from), until === null ? null : Number(until)];
      return notice({ id, kind, text, targets, from: begins, until: ends, every, times: times ?? 1, origin: 'venue' });
    },
  );
}

/** What a rule says from when it fired until it is over. */
function noticeOf({ id, place, fired, cleared, name, notice: words }: Firing): Notice | null {
  if (!words) return null;
  const targets = words.targets ?? [place.startsWith('gateway:') ? 'venue' : place];
  const text = words.text ?? name;
  return notice({
    id: `rule-${id}`,
    kind: words.kind,
    text,
    targets,
    from: fired,
    until: null,
    ended: cleared,
    origin: 'rule',
  });
}

/** Keeps a notice; of those with one id the first stays, and comes back. */
export async function putNotice(ledger: Ledger, made: Notice): Promise<{ kept: Notice; isNew: boolean }> {
  const isNew = await ledger.put(noticeKey(made.id), 1, made);
  return { kept: isNew ? made : (await valueAt<Notice>(ledger, noticeKey(made.id)))!, isNew };
}

/** Ends a notice at an instant (UTC ms), or (null) takes that back. */
export async function endNotice(ledger: Ledger, id: string, time: number | null): Promise<void> {
  await say(ledger, endKey(id), { time } satisfies End);
}

/** A gateway says that it has a notice: once is enough. */
export async function putHeard(ledger: Ledger, id: string, gateway: string): Promise<boolean> {
  return ledger.put(heardKey(id, gateway), 1, {});
}

/** Which gateways have acknowledged each of some notices, and when (UTC ms). */
export async function readHeard(
  ledger: Pick<Ledger, 'list'>,
  ids: ReadonlySet<string>,
): Promise<Map<string, { gateway: string; time: number }[]>> {
  const found = new Map<string, { gateway: string; time: number }[]>();
  const pick = (known: Known[]) => known.filter(({ key }) => ids.has(key.split('/', 2)[1]!));
  for (const { key, time } of await ledger.list('heard/', { pick })) {
    const [, id = '', gateway = ''] = key.split('/');
    found.set(id, [...(found.get(id) ?? []), { gateway, time }]);
  }
  return found;
}

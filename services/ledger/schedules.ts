import { type Schedule, USUAL, type WindowRow } from '../model/schedule.ts';
import { nameOf } from '../model/windows.ts';
import type { Entry, Known, Ledger } from './ledger.ts';
import { say } from './runs.ts';

type Kept = Omit<Schedule, 'id' | 'time'>;

/** How often something is tried where others change the same schedule. */
const TRIES_MAX = 20;

const keyOf = (id: string): string => `schedule/${id}`;
/** Where the row of a window lies: below its schedule, by when it ends. */
export const rowKey = (id: string, until: number): string => `window/${id}/${new Date(until).toISOString()}`;

/** That the files of a revision were removed is put here; the row of its window stays. */
export const goneKey = (id: string, until: number, revision: number): string =>
  `gone/${id}/${new Date(until).toISOString()}/${revision}`;

/** When the files of revisions of a schedule were removed, by `goneKey`, UTC ms. */
export async function readGone(ledger: Pick<Ledger, 'list'>, id: string): Promise<Map<string, number>> {
  return new Map((await ledger.list(`gone/${id}/`)).map(({ key, time }) => [key, time]));
}

/** The row of a window, which says so where the files of its revision are gone. */
export function withGone(row: WindowRow, gone: ReadonlyMap<string, number>): WindowRow {
  const { schedule, until, published } = row;
  const time = published ? gone.get(goneKey(schedule, until, published.revision)) : undefined;
  return time === undefined ? row : { ...row, published: { ...published!, gone: time } };
}

/** Schedules that are kept, by name. */
export async function readSchedules(ledger: Pick<Ledger, 'list'>): Promise<Schedule[]> {
  const entries = (await ledger.list('schedule/')) as Entry<Kept | null>[];
  return entries
    .flatMap(({ key, value, time }) => (value ? [{ ...USUAL, id: key.slice('schedule/'.length), ...value, time }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
}

export async function readSchedule(ledger: Pick<Ledger, 'get'>, id: string): Promise<Schedule | null> {
  return scheduleIn(id, await entryOf(ledger, id));
}

const entryOf = async (ledger: Pick<Ledger, 'get'>, id: string) =>
  (await ledger.get(keyOf(id))) as Entry<Kept | null> | null;

const scheduleIn = (id: string, entry: Entry<Kept | null> | null): Schedule | null =>
  entry?.value ? { ...USUAL, id, ...entry.value, time: entry.time } : null;

/** A schedule as it was said at an instant (UTC ms); null where nothing was, or it is let go of. */
export async function readScheduleOf(ledger: Pick<Ledger, 'list'>, id: string, time: number): Promise<Schedule | null> {
  const versions = (await ledger.list(keyOf(id), { history: true })) as Entry<Kept | null>[];
  return scheduleIn(id, versions.findLast((entry) => entry.key === keyOf(id) && entry.time === time) ?? null);
}

/** Keeps a schedule; what it was before stays in the ledger. */
export async function putSchedule(ledger: Ledger, id: string, kept: Kept): Promise<void> {
  await say(ledger, keyOf(id), kept);
}

/** The same, but only while the newest entry is that of `time` (UTC ms; null: there is none). Resolves to whether it was. */
export async function putScheduleAfter(ledger: Ledger, id: string, time: number | null, kept: Kept): Promise<boolean> {
  const entry = await entryOf(ledger, id);
  if ((scheduleIn(id, entry)?.time ?? null) !== time) return false;
  if (JSON.stringify(entry?.value) === JSON.stringify(kept)) return true;
  return ledger.put(keyOf(id), (entry?.version ?? 0) + 1, kept);
}

/**
 * Pauses a schedule, or has it go on, and leaves the rest as it is, over races. Resolves to what it is then, and whether it was
 * otherwise before; null: there is none.
 */
export async function pauseSchedule(
  ledger: Ledger,
  id: string,
  paused: boolean,
): Promise<{ kept: Schedule; isNew: boolean } | null> {
  const changed = await changeSchedule(ledger, id, (value) =>
    (value.paused ?? false) === paused ? undefined : { ...value, paused },
  );
  if (!changed) return null;
  const kept = changed.isNew ? await readSchedule(ledger, id) : changed.was;
  return kept && { kept, isNew: changed.isNew };
}

/** Takes a schedule away; its windows and files stay. Resolves to what it was; null where there is none, or somebody was faster. */
export async function dropSchedule(ledger: Ledger, id: string): Promise<Schedule | null> {
  return (await changeSchedule(ledger, id, () => null))?.was ?? null;
}

/** Makes another value of a schedule, over races; `undefined`: it stays. Resolves to what it was; null: there is none. */
async function changeSchedule(ledger: Ledger, id: string, change: (value: Kept) => Kept | null | undefined) {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const entry = await entryOf(ledger, id);
    const was = scheduleIn(id, entry);
    if (!entry?.value || !was) return null;
    const value = change(entry.value);
    if (value === undefined) return { was, isNew: false };
    if (await ledger.put(keyOf(id), entry.version + 1, value)) return { was, isNew: true };
  }
  throw new Error(`ledger: ${keyOf(id)} could not be changed, others were faster ${TRIES_MAX} times`);
}

/** What a schedule was when it was taken away; null: there was none under that id. */
export async function readDeleted(ledger: Pick<Ledger, 'list'>, id: string): Promise<Kept | null> {
  const versions = (await ledger.list(keyOf(id), { history: true })) as Entry<Kept | null>[];
  const last = versions.findLast(({ key, value }) => key === keyOf(id) && value !== null)?.value;
  return last ? { ...USUAL, ...last } : null;
}

/** The rows of a schedule's windows, by when they end; `after` (UTC ms): those alone that end after it. */
export async function readWindows(
  ledger: Pick<Ledger, 'list'>,
  id: string,
  after?: number,
): Promise<Entry<WindowRow>[]> {
  const pick = (known: readonly Known[]) => known.filter(({ key }) => after === undefined || key > rowKey(id, after));
  return (await ledger.list(`window/${id}/`, { pick })) as Entry<WindowRow>[];
}

/** The folder of a revision of a window, below that of exports. */
export const folderOf = ({ id, zone }: Pick<Schedule, 'id' | 'zone'>, window: WindowRow, revision: number): string =>
  `${id}/${nameOf(window, zone)}/r${revision}`;

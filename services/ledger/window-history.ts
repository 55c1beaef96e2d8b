import type { Delivery } from '../model/delivery.ts';
import { isByHand, type WindowRow } from '../model/schedule.ts';
import type { Happened, Revision } from '../model/window-told.ts';
import type { Entry, Ledger } from './ledger.ts';
import { goneKey, rowKey } from './schedules.ts';

type Versions = readonly Entry<WindowRow>[];

/** Every version of the row of a window, in order; none: nothing was planned of it yet. */
export async function readVersions(ledger: Pick<Ledger, 'list'>, id: string, until: number): Promise<Versions> {
  const own = rowKey(id, until);
  return ((await ledger.list(own, { history: true })) as Entry<WindowRow>[]).filter(({ key }) => key === own);
}

/** The same of every window of a schedule, by when they end. */
export async function readHistory(ledger: Pick<Ledger, 'list'>, id: string): Promise<Versions[]> {
  const windows = new Map<string, Entry<WindowRow>[]>();
  for (const entry of (await ledger.list(`window/${id}/`, { history: true })) as Entry<WindowRow>[])
    windows.set(entry.key, [...(windows.get(entry.key) ?? []), entry]);
  return [...windows.values()];
}

/** The revisions of a window, newest first. */
export function revisionsOf(versions: Versions, gone: ReadonlyMap<string, number>): Revision[] {
  const all = new Map(
    versions.flatMap(({ value: { published } }) => (published ? [[published.revision, published]] : [])),
  );
  const newest = Math.max(...all.keys());
  const { schedule, until } = versions.at(-1)?.value ?? { schedule: '', until: 0 };
  return [...all.values()].reverse().map((published) => ({
    ...published,
    state: published.revision === newest ? 'current' : 'superseded',
    gone: gone.get(goneKey(schedule, until, published.revision)) ?? null,
  }));
}

/** What happened to a window, newest first: its runs, revisions and deliveries, and the removal of files. */
export async function readHappened(ledger: Pick<Ledger, 'list'>, versions: Versions): Promise<Happened[]> {
  const row = versions.at(-1)?.value;
  if (!row) return [];
  const end = new Date(row.until).toISOString();
  const sent = (await ledger.list(`delivery/${row.schedule}/${end}/`, { history: true })) as Entry<Delivery>[];
  const gone = await ledger.list(`gone/${row.schedule}/${end}/`);
  const removed = gone.map(({ key, time }) => ({
    ...NOTHING,
    time,
    did: 'removed' as const,
    revision: Number(key.split('/').at(-1)),
  }));
  return [...versions.flatMap(rowDid), ...sent.flatMap(deliveryDid), ...removed].sort((a, b) => b.time - a.time);
}

const NOTHING = { revision: null, why: null, destination: null, words: null };

function rowDid({ value, time }: Entry<WindowRow>, i: number, all: Versions): Happened[] {
  const { state, why, error, sealed, published } = value;
  const before = all[i - 1]?.value.published?.revision ?? 0;
  const revision = published?.revision ?? null;
  // That its files are whole, aside, is no news.
  if (state === 'running' && sealed) return [];
  // It is as it was: its schedule was deleted or paused while it was filled.
  const last = all[i - 1]?.value;
  const isAsked = state === 'planned' && isByHand(value);
  if (last?.state === 'running' && state !== 'running' && value.began !== last.began && !isAsked)
    return [{ ...NOTHING, time, did: 'stopped' }];
  if (state === 'running') return [{ ...NOTHING, time, did: 'started', why }];
  if (state === 'planned') return [{ ...NOTHING, time, did: 'planned', why }];
  if (state === 'failed') return [{ ...NOTHING, time, did: 'failed', words: error }];
  if (revision === before) return [{ ...NOTHING, time, did: 'unchanged', revision, why }];
  return [{ ...NOTHING, time, did: 'published', revision, why, words: published?.changed ?? null }];
}

function deliveryDid({ value, time }: Entry<Delivery>): Happened[] {
  const { state, revision, destination, error } = value;
  if (state === 'sent') return [{ ...NOTHING, time, did: 'sent', revision, destination }];
  if (state === 'failed') return [{ ...NOTHING, time, did: 'not sent', revision, destination, words: error }];
  return [];
}

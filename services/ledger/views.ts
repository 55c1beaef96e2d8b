import type { View } from '../model/view.ts';
import type { Entry, Ledger } from './ledger.ts';
import { say } from './runs.ts';

/** Views at most: whoever lists them holds them all. */
export const VIEWS_MAX = 1000;

type Kept = Omit<View, 'id' | 'time'>;

const keyOf = (id: string): string => `view/${id}`;

/** Views that are kept, by name. `time`: when it was saved last, UTC ms. */
export async function readViews(ledger: Pick<Ledger, 'list'>): Promise<View[]> {
  const entries = (await ledger.list('view/')) as Entry<Kept | null>[];
  return entries
    .flatMap(({ key, value, time }) => (value ? [{ id: key.slice('view/'.length), ...value, time }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
}

/** The view of an id; null where there is none. */
export async function readView(ledger: Pick<Ledger, 'get'>, id: string): Promise<View | null> {
  const entry = (await ledger.get(keyOf(id))) as Entry<Kept | null> | null;
  return entry?.value ? { id, ...entry.value, time: entry.time } : null;
}

/** Keeps a view; what it was before stays in the ledger. */
export async function putView(ledger: Ledger, id: string, view: Kept): Promise<void> {
  await say(ledger, keyOf(id), view);
}

/** Takes a view away. Resolves to what it was, so that it can be put back; null where there is none. */
export async function dropView(ledger: Ledger, id: string): Promise<View | null> {
  const view = await readView(ledger, id);
  if (view) await say(ledger, keyOf(id), null);
  return view;
}

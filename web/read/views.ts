import type { PivotQuery } from '../../services/model/pivot.ts';
import type { Client } from './client.ts';

/** A view that somebody has saved: its question, and how its answer is looked at (the page's own words, as in its address). */
export type SavedView = { id: string; name: string; query: PivotQuery; look: string; time?: number };

/** A name as the last part of an address. */
const idOf = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64) || 'view';

/** The id under which a name is kept: that of the view which has the name, else one that no other view has. */
export function idFor(name: string, saved: readonly SavedView[]): string {
  const held = saved.find((view) => view.name === name);
  if (held) return held.id;
  const wanted = idOf(name);
  const ids = new Set(saved.map(({ id }) => id));
  let id = wanted;
  for (let n = 2; ids.has(id); n++) id = `${wanted.slice(0, 60)}-${n}`;
  return id;
}

/** Views that the service keeps. Each answers null or false where it does not: no such route, no right, or nobody there. */
export function createViewStore({ GET, PUT, DELETE }: Client) {
  const at = (id: string) => ({ params: { path: { id } } });
  return {
    async list(): Promise<SavedView[] | null> {
      const data = (await reached(GET('/v1/views', JSON_ONLY)))?.data;
      return typeof data === 'object' && 'rows' in data ? data.rows : null;
    },
    async save({ id, name, query, look }: SavedView): Promise<boolean> {
      return (await reached(PUT('/v1/views/{id}', { ...at(id), body: { name, query, look } })))?.response.ok ?? false;
    },
    async remove(id: string): Promise<boolean> {
      return (await reached(DELETE('/v1/views/{id}', at(id))))?.response.ok ?? false;
    },
  };
}
export type ViewStore = ReturnType<typeof createViewStore>;

const JSON_ONLY = { headers: { accept: 'application/json' } };

/** What came back; null where nobody answered. */
async function reached<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

import type { PivotQuery } from '../../services/model/pivot.ts';

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

/** Views that the service keeps. Each answers null where it does not: no such route, no right, or nobody there. */
export function createViewStore(base: string, send: typeof fetch = fetch) {
  const call = async (path: string, options: RequestInit = {}): Promise<Response | null> => {
    try {
      const reply = await send(new URL(path, base), {
        ...options,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
      });
      return reply.ok ? reply : null;
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  };
  return {
    async list(): Promise<SavedView[] | null> {
      const reply = await call('v1/views');
      return reply && ((await reply.json()) as { rows: SavedView[] }).rows;
    },
    save: async ({ id, name, query, look }: SavedView): Promise<boolean> => {
      const body = JSON.stringify({ name, query, look });
      return (await call(`v1/views/${encodeURIComponent(id)}`, { method: 'PUT', body })) !== null;
    },
    remove: async (id: string): Promise<boolean> => {
      try {
        return (await send(new URL(`v1/views/${encodeURIComponent(id)}`, base), { method: 'DELETE' })).ok;
      } catch (error) {
        if (error instanceof TypeError) return false;
        throw error;
      }
    },
  };
}
export type ViewStore = ReturnType<typeof createViewStore>;

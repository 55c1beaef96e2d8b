import type { Filter, Pivoted, PivotQuery } from '../../services/model/pivot.ts';
import { whereOf } from '../../services/model/pivot-url.ts';
import { catalogueOf, type Listed } from './catalogue.ts';
import { toSearch } from './pivot-url.ts';

/** A field that can stand on a shelf; `bins` are the widths that make sense, the first is the usual one. */
export type PivotField = {
  name: string;
  label: string;
  group: 'time' | 'place' | 'people' | 'record';
  type: string;
  unit: string;
  bins: string[];
};
export type OwnMeasure = { name: string; label: string; unit: string };
/** `fields`: how many it takes; `takes`: of which type. */
export type PivotAggregator = { name: string; label: string; fields: number; takes: 'number' | 'any' };
export type PivotDataset = { name: Pivoted; label: string; fields: PivotField[]; measures: OwnMeasure[] };
/** What can be asked. */
export type Catalogue = { datasets: PivotDataset[]; aggregators: PivotAggregator[] };

export type Value = string | number | boolean | null;
export type AnswerRow = Record<string, Value | Value[] | undefined>;
/** What an answer says of itself; `ms` is the service's own time. */
export type PivotMeta = { readFrom: string; read: number; ms: number; asSeen: boolean };
export type PivotAnswer = { meta: PivotMeta; rows: AnswerRow[] };
/** A page of the records behind a cell. */
export type Records = { rows: AnswerRow[]; next: string | null };
/** The cell counted anew, from its records alone: how many they are, and what they come to. */
export type Again = { count: number; row: AnswerRow; ms: number };
export type Coarser = { words: string; query: PivotQuery; cells: number };

/** Why there is no answer: the service said so (`problem`), or nobody answered. */
export type Refusal =
  | { kind: 'large'; cells: number; limit: number; coarser: Coarser[] }
  | { kind: 'wrong'; title: string; details: string[] }
  | { kind: 'silent' };

/** A question that has no answer, and the reason. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/** Records of a page, and measures of a question at most (`services/model/pivot.ts`). */
const RECORDS = 100;
const MEASURES_MAX = 8;

/** How long the service may count before it is gone, ms: its own limit is 30 s. */
const PATIENCE_MS = 35_000;

/** Asks our own origin; every question is a plain address, so the browser revalidates what it has. Throws `Refused`. */
export function createPivot(base: string, get: typeof fetch = fetch, ended = () => location.reload()) {
  const ask = async <T>(path: string, signal?: AbortSignal): Promise<T> => {
    const reply = await reach(get, new URL(path, base), signal);
    if (reply.status === 401) ended();
    if (!reply.ok) throw new Refused(await refusalOf(reply));
    return (await reply.json()) as T;
  };
  const address = (query: PivotQuery) => `v1/pivot?${toSearch(query)}`;
  return {
    address,
    catalogue: async (): Promise<Catalogue> => catalogueOf(await ask<Listed>('v1/pivot/fields')),
    answer: (query: PivotQuery, signal?: AbortSignal) => ask<PivotAnswer>(address(query), signal),
    records(query: PivotQuery, cell: Record<string, Value>, cursor: string | null) {
      const search = toSearch(query);
      for (const filter of cellFilters(cell)) search.append('cell', whereOf(filter));
      search.set('limit', String(RECORDS));
      if (cursor) search.set('cursor', cursor);
      return ask<Records>(`v1/pivot/records?${search}`);
    },
    async again({ measures, filters = [], ...query }: PivotQuery, cell: Record<string, Value>): Promise<Again> {
      const asked = {
        ...query,
        rows: [],
        columns: [],
        measures: [...new Set([...measures, 'count'])].slice(-MEASURES_MAX),
      };
      const { rows, meta } = await ask<PivotAnswer>(address({ ...asked, filters: [...filters, ...cellFilters(cell)] }));
      return { count: Number(rows[0]?.count ?? 0), row: rows[0] ?? {}, ms: meta.ms };
    },
    /** The same question as a file of another format. */
    async file(query: PivotQuery, type: string): Promise<Blob> {
      const reply = await reach(get, new URL(address(query), base), undefined, type);
      if (!reply.ok) throw new Refused(await refusalOf(reply));
      return reply.blob();
    },
  };
}
export type Pivot = ReturnType<typeof createPivot>;

const cellFilters = (cell: Record<string, Value>): Filter[] =>
  Object.entries(cell).map(([field, value]) => ({ field, in: [value as string | number | null] }));

async function reach(get: typeof fetch, url: URL, signal?: AbortSignal, accept = 'application/json') {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await get(url, { headers: { accept }, signal: signal ? AbortSignal.any([signal, patience]) : patience });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused({ kind: 'silent' });
  }
}

type Problem = {
  title?: string;
  detail?: string;
  errors?: { pointer?: string; detail?: string }[];
  cells?: number;
  limit?: number;
  coarser?: Coarser[];
};

async function refusalOf(reply: Response): Promise<Refusal> {
  if (reply.status >= 502 || !/json/.test(reply.headers.get('content-type') ?? '')) return { kind: 'silent' };
  const {
    title = `answered ${reply.status}`,
    detail,
    errors = [],
    cells,
    limit,
    coarser,
  } = (await reply.json()) as Problem;
  if (cells !== undefined) return { kind: 'large', cells, limit: limit ?? 0, coarser: coarser ?? [] };
  const details = errors.map((error) => [error.pointer, error.detail].filter(Boolean).join(': '));
  return { kind: 'wrong', title, details: details.length > 0 ? details : detail ? [detail] : [] };
}

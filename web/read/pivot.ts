import type { VenueChange } from '../../services/model/changes.ts';
import type { Filter, Pivoted, PivotQuery } from '../../services/model/pivot.ts';
import { whereOf } from '../../services/model/pivot-url.ts';
import type { paths } from './api.d.ts';
import { catalogueOf } from './catalogue.ts';
import type { Client } from './client.ts';
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
type OwnMeasure = { name: string; label: string; unit: string };
/** `fields`: how many it takes; `takes`: of which type. */
type PivotAggregator = { name: string; label: string; fields: number; takes: 'number' | 'any' };
export type PivotDataset = { name: Pivoted; label: string; fields: PivotField[]; measures: OwnMeasure[] };
/** What can be asked. */
export type Catalogue = { datasets: PivotDataset[]; aggregators: PivotAggregator[] };

export type Value = string | number | boolean | null;
export type AnswerRow = Record<string, Value | Value[] | undefined>;
/** What an answer says of itself; `ms` is the service's own time. */
export type PivotMeta = {
  readFrom: string;
  read: number;
  ms: number;
  asSeen: boolean;
  changes?: VenueChange[];
};
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

/** Records of a page. */
const RECORDS = 100;

/** How long the service may count before it is gone, ms: its own limit is 30 s. */
const PATIENCE_MS = 35_000;

/** Asks our own origin; every question is a plain address, so the browser revalidates what it has. Throws `Refused`. */
export function createPivot({ GET }: Client, ended = () => location.reload()) {
  /** The address is that of the question, whatever else it says: one way to write it, for pages and service. */
  const asking = (search: URLSearchParams, signal?: AbortSignal, accept = 'application/json') => ({
    headers: { accept },
    querySerializer: () => search.toString(),
    signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) : AbortSignal.timeout(PATIENCE_MS),
    params: { query: { dataset: search.get('dataset') ?? '', measures: search.get('measures') ?? '' } },
  });
  const told = async <T>(asked: Promise<Reply<T>>, signal?: AbortSignal): Promise<T> => {
    const { data, error, response } = await reached(asked, signal);
    if (response.status === 401) ended();
    if (data === undefined) throw new Refused(refusalOf(response, error));
    return data;
  };
  const answer = async (query: PivotQuery, signal?: AbortSignal): Promise<PivotAnswer> =>
    (await told(GET('/v1/pivot', asking(toSearch(query), signal)), signal)) as PivotAnswer;
  return {
    catalogue: async (): Promise<Catalogue> => catalogueOf(await told(GET('/v1/pivot/fields'))),
    answer,
    async records(query: PivotQuery, cell: Record<string, Value>, cursor: string | null): Promise<Records> {
      const search = toSearch(query);
      for (const filter of cellFilters(cell)) search.append('cell', whereOf(filter));
      search.set('limit', String(RECORDS));
      if (cursor) search.set('cursor', cursor);
      return (await told(GET('/v1/pivot/records', asking(search)))) as Records;
    },
    /** @param measures those of the question that the cell has a number of by itself */
    async again(query: PivotQuery, cell: Record<string, Value>, measures: string[]): Promise<Again> {
      const filters = [...(query.filters ?? []), ...cellFilters(cell)];
      const own = measures.length > 0 ? measures : ['count'];
      const { rows, meta } = await answer({ ...query, rows: [], columns: [], measures: own, filters });
      return { count: meta.read, row: rows[0] ?? {}, ms: meta.ms };
    },
    /** The same question as a file of another format. */
    file: async (query: PivotQuery, type: string): Promise<Blob> =>
      (await told(GET('/v1/pivot', { ...asking(toSearch(query), undefined, type), parseAs: 'blob' }))) as Blob,
  };
}
export type Pivot = ReturnType<typeof createPivot>;

const cellFilters = (cell: Record<string, Value>): Filter[] =>
  Object.entries(cell).map(([field, value]) => ({ field, in: [value as string | number | null] }));

type Problem = paths['/v1/pivot']['get']['responses']['4XX']['content']['application/problem+json'];
type Reply<T> = { data?: T; error?: unknown; response: Response };

/** What came back, whatever it says. Throws `Refused` where nobody answered. */
async function reached<T>(asked: Promise<Reply<T>>, signal?: AbortSignal): Promise<Reply<T>> {
  try {
    return await asked;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused({ kind: 'silent' });
  }
}

function refusalOf({ status, headers }: Response, problem: unknown): Refusal {
  if (status >= 502 || !/json/.test(headers.get('content-type') ?? '')) return { kind: 'silent' };
  const { title, detail, errors = [], cells, limit = 0, coarser = [] } = problem as Problem;
  if (cells !== undefined) return { kind: 'large', cells, limit, coarser };
  const faults = errors.map(({ pointer, expected, found }) => `${pointer}: expected ${expected}, found ${found}`);
  return { kind: 'wrong', title: detail ?? title, details: faults };
}

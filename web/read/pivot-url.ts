import type { Filter, PivotQuery, When } from '../../services/model/pivot.ts';

/** Names in an address that are not the pivot's own are left to others. */
const LISTS = ['rows', 'columns', 'measures'] as const;
const WHEN = ['last', 'event', 'session'] as const;
type Value = string | number | null;

/**
 * A pivot as the search of an address: `dataset=frames&rows=room&columns=hour&measures=peak&where=room:theatre,lounge&last=24h`.
 * Values of filters are percent-encoded inside, so that commas and colons of their own stay theirs.
 */
export function toSearch(query: PivotQuery): URLSearchParams {
  const search = new URLSearchParams({ dataset: query.dataset });
  for (const name of LISTS) if (query[name]?.length) search.set(name, query[name].join(','));
  for (const filter of query.filters ?? []) for (const words of whereOf(filter)) search.append('where', words);
  for (const [name, value] of Object.entries(query.span ?? {}))
    search.set(name, typeof value === 'number' ? instant(value) : value);
  if (query.zone !== undefined) search.set('zone', query.zone);
  if (query.revision !== undefined) search.set('revision', query.revision);
  if (query.totals === false) search.set('totals', 'false');
  if (query.limit !== undefined) search.set('limit', String(query.limit));
  return search;
}

/** The pivot that an address asks for, without any check: the service says what is wrong with it. */
export function fromSearch(search: URLSearchParams): PivotQuery {
  const limit = search.get('limit');
  const filters = search.getAll('where').map(filterOf);
  const span = whenOf(search);
  const [zone, revision] = [search.get('zone'), search.get('revision')];
  return {
    dataset: (search.get('dataset') ?? '') as PivotQuery['dataset'],
    rows: listOf(search.get('rows')),
    columns: listOf(search.get('columns')),
    measures: listOf(search.get('measures')),
    ...(filters.length > 0 && { filters }),
    ...(Object.keys(span).length > 0 && { span }),
    ...(zone !== null && { zone }),
    ...(revision !== null && { revision }),
    ...(search.get('totals') === 'false' && { totals: false }),
    ...(limit !== null && { limit: Number(limit) }),
  };
}

/** As the service writes it: RFC 3339, UTC. */
const instant = (ms: number): string => new Date(ms).toISOString();

/** `a,sumOverSum(b,c)` → a and sumOverSum(b,c): commas within brackets part nothing. */
const listOf = (text: string | null): string[] => (text ?? '').match(/[^,(]+(\([^)]*\))?/g) ?? [];

/** What a filter lets through, as an address says it: a text for each thing. */
export function whereOf({ field, in: some, not, from, until }: Filter): string[] {
  const list = (values: Value[]) => (values.length === 0 ? TEXT : values.map(written).join(','));
  return [
    ...(some ? [`${field}:${list(some)}`] : []),
    ...(not ? [`!${field}:${list(not)}`] : []),
    ...(from === undefined && until === undefined ? [] : [`${field}:${from ?? ''}..${until ?? ''}`]),
  ];
}

/** A number as JSON has it: a text that looks so is marked. `~` alone is a list of nothing, `~null` what is unknown. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
const TEXT = '~';

function written(value: Value): string {
  if (value === null) return `${TEXT}null`;
  if (typeof value === 'number') return String(value);
  const isAmbiguous = NUMBER.test(value) || value.startsWith(TEXT) || value.includes('..');
  return (isAmbiguous ? TEXT : '') + value.replace(/[%,:]/g, encodeURIComponent);
}

const WHERE = /^(!?)([a-zA-Z]+(?::[0-9.]+[smh]?(?=:))?):(.*)$/s;
const RANGE = /^([^,~]*)\.\.([^,~]*)$/;

function filterOf(words: string): Filter {
  const [, not, field = '', values = ''] = WHERE.exec(words) ?? ['', '', words, ''];
  const range = not ? null : RANGE.exec(values);
  if (!range) return { field, [not ? 'not' : 'in']: values === TEXT ? [] : values.split(',').map(read) };
  const [, from, until] = range;
  return { field, ...(from && { from: Number(from) }), ...(until && { until: Number(until) }) };
}

function read(said: string): Value {
  if (said === `${TEXT}null`) return null;
  if (NUMBER.test(said)) return Number(said);
  try {
    return decodeURIComponent(said.startsWith(TEXT) ? said.slice(1) : said);
  } catch (error) {
    // Written by hand, with a percent sign of its own.
    if (error instanceof URIError) return said;
    throw error;
  }
}

function whenOf(search: URLSearchParams): When {
  const when: When = {};
  for (const name of ['from', 'until'] as const) {
    const text = search.get(name);
    if (text) when[name] = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  }
  for (const name of WHEN) {
    const text = search.get(name);
    if (text) when[name] = text;
  }
  return when;
}

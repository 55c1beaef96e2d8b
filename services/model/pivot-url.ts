import { formatInstant, parseInstant } from './instant.ts';
import type { Filter, PivotQuery, When } from './pivot.ts';
import type { Reason } from './reject.ts';

type Cell = string | number | null;

/** Instants that RFC 3339 can write with four digits of a year, UTC ms. */
const WRITABLE_MS = { from: 0, until: Date.UTC(9999, 11, 31) };
/** A number as JSON has it, so that what is read is written the same again. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
/** Marks a text that would be read as something else: `~5` is the text 5, `~~` the text ~. */
const TEXT = '~';
const [NOTHING, UNKNOWN] = [TEXT, `${TEXT}null`];
const WHERE = /^(!?)([a-zA-Z]{1,24}(?::[0-9.]{1,8}[smh]?)?):([\s\S]*)$/;

/**
 * The one way to write a question: a filter says one thing, empty lists and defaults are left out, names are sorted. Equal
 * questions have equal canonical forms; the URL form gives it back.
 */
export function canonicalPivot(query: PivotQuery): PivotQuery {
  const { dataset, rows, columns, measures, span, zone, revision, totals, limit } = query;
  const filters = (query.filters ?? []).flatMap(clauses);
  return {
    dataset,
    ...(rows?.length && { rows }),
    ...(columns?.length && { columns }),
    measures,
    ...(filters.length > 0 && { filters }),
    ...(span && Object.values(span).some((value) => value !== undefined) && { span: spanIn(span) }),
    ...(zone !== undefined && { zone }),
    ...(revision !== undefined && revision !== 'latest' && { revision }),
    ...(totals === false && { totals }),
    ...(limit !== undefined && { limit }),
  };
}

/** Each thing that a filter says, alone. */
function clauses({ field, in: some, not, from, until }: Filter): Filter[] {
  return [
    ...(some ? [{ field, in: some.map(plain) }] : []),
    ...(not ? [{ field, not: not.map(plain) }] : []),
    ...(from === undefined && until === undefined ? [] : [{ field, ...ends({ from, until }) }]),
  ];
}

/** −0 is 0. */
const plain = (value: Cell): Cell => (value === 0 ? 0 : value);
const ends = ({ from, until }: { from?: number | undefined; until?: number | undefined }) => ({
  ...(from !== undefined && { from: from === 0 ? 0 : from }),
  ...(until !== undefined && { until: until === 0 ? 0 : until }),
});
const spanIn = ({ from, until, last, event, session }: When): When => ({
  ...ends({ from, until }),
  ...(last !== undefined && { last }),
  ...(event !== undefined && { event }),
  ...(session !== undefined && { session }),
});

/** A question as the search part of an address, without `?`: `dataset=frames&rows=room&columns=hour&measures=peak`. */
export function toUrl(query: PivotQuery): string {
  const { dataset, rows, columns, measures, filters, span, zone, revision, totals, limit } = canonicalPivot(query);
  const said: [string, string][] = [['dataset', dataset]];
  const say = (name: string, value: string | undefined) => {
    if (value !== undefined) said.push([name, value]);
  };
  say('rows', rows?.join());
  say('columns', columns?.join());
  say('measures', measures.join());
  for (const filter of filters ?? []) say('where', whereOf(filter));
  say('from', span?.from === undefined ? undefined : instant(span.from));
  say('until', span?.until === undefined ? undefined : instant(span.until));
  for (const name of ['last', 'event', 'session'] as const) say(name, span?.[name]);
  say('zone', zone);
  say('revision', revision);
  say('totals', totals === false ? 'false' : undefined);
  say('limit', limit?.toString());
  return said.map(([name, value]) => `${name}=${encode(value)}`).join('&');
}

/** As `encodeURIComponent`, but for signs that an address may have as they are. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/%(2C|3A|2F)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const instant = (ms: number) => (ms >= WRITABLE_MS.from && ms < WRITABLE_MS.until ? formatInstant(ms) : String(ms));

/** What one clause of a filter lets through, as an address says it. */
export function whereOf({ field, in: some, not, from, until }: Filter): string {
  const list = some ?? not;
  if (list) return `${not ? '!' : ''}${field}:${list.length === 0 ? NOTHING : list.map(written).join()}`;
  return `${field}:${from ?? ''}..${until ?? ''}`;
}

function written(value: Cell): string {
  if (value === null) return UNKNOWN;
  if (typeof value === 'number') return String(value);
  const isAmbiguous = NUMBER.test(value) || value.startsWith(TEXT) || value.includes('..');
  return (isAmbiguous ? TEXT : '') + value.replace(/[%,:]/g, encodeURIComponent);
}

/**
 * Reads the search part of an address. What it gives is as well-formed as the address, not yet checked against the schema:
 * names, fields and bounds are for whoever checks. Reasons where it cannot be read at all.
 */
export function fromUrl(search: string): { query: unknown } | { reasons: Reason[] } {
  const [query, reasons]: [Record<string, unknown>, Reason[]] = [{}, []];
  const parameters = new URLSearchParams(search);
  const fault = (name: string, expected: string, found: string) => {
    reasons.push({ pointer: `/${name}`, expected, found });
  };
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    const read = READ[name];
    if (!read) fault(name, `no such parameter; ${Object.keys(READ).join(', ')}`, name);
    else if (values.length > 1 && name !== 'where') fault(name, 'it once', `${values.length} times`);
    else read(query, values, (expected, found) => fault(name, expected, found));
  }
  return reasons.length > 0 ? { reasons } : { query };
}

type Read = (
  query: Record<string, unknown>,
  values: string[],
  fault: (expected: string, found: string) => void,
) => void;

const text =
  (name: string): Read =>
  (query, [value]) => {
    query[name] = value;
  };
/** Commas inside brackets belong to a measure. */
const list =
  (name: string): Read =>
  (query, [value]) => {
    query[name] = value!.split(/,(?![^()]*\))/);
  };
const inSpan =
  (name: string): Read =>
  (query, [value]) => {
    query.span = { ...(query.span as object | undefined), [name]: value };
  };
const end =
  (name: string): Read =>
  (query, [value], fault) => {
    const ms = /^-\d{1,15}$/.test(value!) ? Number(value) : parseInstant(value!);
    if (ms === null) return fault('an instant: RFC 3339 or UTC epoch ms', value!);
    query.span = { ...(query.span as object | undefined), [name]: ms };
  };

const READ: Record<string, Read> = {
  dataset: text('dataset'),
  rows: list('rows'),
  columns: list('columns'),
  measures: list('measures'),
  where(query, values, fault) {
    const filters = values.map(filterOf);
    const wrong = values.find((_, i) => filters[i] === null);
    if (wrong !== undefined) return fault('field:value,value or !field:value or field:from..until', wrong);
    query.filters = filters;
  },
  from: end('from'),
  until: end('until'),
  last: inSpan('last'),
  event: inSpan('event'),
  session: inSpan('session'),
  zone: text('zone'),
  revision: text('revision'),
  totals(query, [value], fault) {
    if (value !== 'true' && value !== 'false') return fault('true or false', value!);
    query.totals = value === 'true';
  },
  limit(query, [value], fault) {
    if (!/^\d{1,7}$/.test(value!)) return fault('a whole number', value!);
    query.limit = Number(value);
  },
};

/** The parameters of an address that are a question's. */
export const PARAMETERS: readonly string[] = Object.keys(READ);

/** What a `where` says; null where that cannot be read. */
export function filterOf(value: string): Filter | null {
  const [, not, field, said] = WHERE.exec(value) ?? [];
  if (field === undefined || said === undefined) return null;
  const range = not ? null : rangeOf(said);
  if (range) return { field, ...range };
  if (said.includes('..') && !said.split(',').every((part) => !part.includes('..') || part.startsWith(TEXT)))
    return null;
  const values = said === NOTHING ? [] : said.split(',').map(cellOf);
  if (values.includes(undefined)) return null;
  return not ? { field, not: values as Cell[] } : { field, in: values as Cell[] };
}

function rangeOf(said: string): { from?: number; until?: number } | null {
  const parts = said.split('..');
  if (parts.length !== 2 || !parts.every((part) => part === '' || NUMBER.test(part))) return null;
  const [from, until] = parts as [string, string];
  if (from === '' && until === '') return null;
  return ends({
    from: from === '' ? undefined : Number(from),
    until: until === '' ? undefined : Number(until),
  });
}

/** A value of a list; undefined where its escapes cannot be read. */
function cellOf(said: string): Cell | undefined {
  if (said === UNKNOWN) return null;
  if (NUMBER.test(said)) return Number(said);
  try {
    return decodeURIComponent(said.startsWith(TEXT) ? said.slice(1) : said);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

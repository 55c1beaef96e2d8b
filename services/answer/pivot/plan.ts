import { AGGREGATORS, type Aggregator, LEVEL, type OwnMeasure, type PivotQuery } from '../../model/pivot.ts';
import { type Columns, isNumeric } from '../../model/query.ts';
import type { Reason } from '../../model/reject.ts';
import type { Venue } from '../../model/venue.ts';
import { Refused } from '../refused.ts';
import { type Aggregate, type Argument, DEFINITIONS } from './aggregators.ts';
import { conditionOf, type Key, type Lookup, lookupIn } from './keys.ts';
import type { Part } from './measures.ts';
import type { Source } from './source.ts';
import type { Timed } from './times.ts';

export type Value = string | number | bigint;

/**
 * A measure as it was asked: one of the domain, or an aggregate of the records of a cell; of presences, which may be in many
 * bins, either of what they are (`pieces`) or of each once, with what of it lies in the cell (`records`).
 */
type Measured = Aggregate & {
  name: string;
  of: 'own' | 'pieces' | 'records';
  parts: Part[];
  /** its SQL where a row stands for several records that are alike; null: it has none such */
  told: string | null;
};

/** What a question means for a source: keys, what is computed, conditions and joins, all made of our own fragments. */
export type Plan = {
  rows: Key[];
  columns: Key[];
  measures: Measured[];
  /** columns of the records beside the keys: SQL by column */
  inputs: Record<string, string>;
  /** the fields of these columns */
  given: Record<string, Key>;
  /** tables of texts that the inputs need: a code's SQL by the alias of its table */
  texts: { alias: string; words: string; code: string }[];
  conditions: string[];
  /** a condition is of a part of time */
  isTimeFiltered: boolean;
  needs: Set<string>;
  /** parts of time in the order of their columns */
  timed: Timed[];
  values: Record<string, Value>;
  /** a block of time may be of several bins: then it is the instant that tells a record's */
  isBlockShared: boolean;
  /** joins of which every row holds at all times that are asked for */
  steady: Set<string>;
  /** adds a value, whose place it gives */
  put(value: Value): string;
  /** of the answer */
  shape: Columns;
};

const MEASURE = /^([a-zA-Z0-9]{1,32})(?:\(([a-zA-Z]{1,24})(?:,([a-zA-Z]{1,24}))?\))?$/;

/**
 * Throws `Refused` with every fault of the question.
 * @param timed parts of time that have columns already; those of this question are added
 */
export function planOf(query: PivotQuery, source: Source, venue: Venue, timed: Timed[] = []): Plan {
  const reasons: Reason[] = [];
  const slot = ({ part, width }: Timed) => {
    const found = timed.findIndex((one) => one.part === part && one.width === width);
    return found >= 0 ? found : timed.push({ part, width }) - 1;
  };
  const lookup = lookupIn(source, venue, slot, reasons);
  const values: Plan['values'] = {};
  const put = (value: Value) => {
    const name = `p${Object.keys(values).length}`;
    // The driver takes a whole number for a BIGINT, whatever it is cast to.
    const isWide = Number.isInteger(value) && !Number.isSafeInteger(value);
    values[name] = isWide ? String(value) : value;
    return `$${name}`;
  };
  const { rows = [], columns = [] } = query;
  refuseTwice([...rows, ...columns], 'rows', reasons);
  refuseTwice(query.measures, 'measures', reasons);
  const keysOf = (names: string[], side: string) => names.map((name, i) => lookup(name, `/${side}/${i}`));
  const plan = {
    rows: keysOf(rows, 'rows').filter(isKey),
    columns: keysOf(columns, 'columns').filter(isKey),
    needs: new Set<string>(),
    inputs: {},
    given: {},
    texts: [],
    timed,
    values,
    isBlockShared: true,
    steady: new Set<string>(),
    put,
  };
  // Fields of which a filter lets through one value.
  const fixed = new Set((query.filters ?? []).flatMap(({ field, in: some }) => (some?.length === 1 ? [field] : [])));
  const measures = query.measures.flatMap(
    (name, i) =>
      measureOf(name, `/measures/${i}`, {
        ...plan,
        source,
        lookup,
        reasons,
        fixed,
        keyed: new Set([...rows, ...columns]),
      }) ?? [],
  );
  let isTimeFiltered = false;
  const conditions = (query.filters ?? []).flatMap((filter, i) => {
    const key = lookup(filter.field, `/filters/${i}/field`);
    if (!key) return [];
    isTimeFiltered ||= key.timed !== null;
    for (const need of key.needs) plan.needs.add(need);
    return [conditionOf(key, filter, `/filters/${i}`, put, reasons)];
  });
  if (reasons.length > 0) throw new Refused(reasons);
  const keys = [...plan.rows, ...plan.columns];
  for (const { needs } of keys) for (const need of needs) plan.needs.add(need);
  const shape = Object.fromEntries([
    ...keys.map(({ name, type }) => [name, type]),
    [LEVEL, 'text'],
    ...measures.map(({ name, type }) => [name, type]),
  ]);
  return { ...plan, measures, conditions, isTimeFiltered, shape };
}

const isKey = (key: Key | null): key is Key => key !== null;

function refuseTwice(names: string[], side: string, reasons: Reason[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) reasons.push({ pointer: `/${side}`, expected: 'each name once', found: `${twice} twice` });
}

type Inputs = Pick<Plan, 'inputs' | 'given' | 'texts' | 'needs'>;
/** `fixed`: fields of which a filter lets through one value; `keyed`: those on rows and columns. */
type Reading = Inputs & { source: Source; lookup: Lookup; reasons: Reason[]; fixed: Set<string>; keyed: Set<string> };

/** `sum(rssi)`: the aggregate, whose arguments become columns of the records. `peak`: one of the domain. */
function measureOf(name: string, pointer: string, reading: Reading): Measured | null {
  const { source, lookup, reasons } = reading;
  const refuse = (expected: string) => {
    reasons.push({ pointer, expected, found: name });
    return null;
  };
  const [, called = '', ...given] = MEASURE.exec(name) ?? [];
  const names = given.filter((one) => one !== undefined);
  const own = Object.hasOwn(source.own, called) ? source.own[called as OwnMeasure] : undefined;
  if (own && names.length === 0) return { name, type: 'number', ...own, of: 'own', told: null };
  if (!Object.hasOwn(AGGREGATORS, called))
    return refuse(`one of ${[...Object.keys(AGGREGATORS), ...Object.keys(source.own)].join(', ')}`);
  const aggregator = called as Aggregator;
  if (names.length !== AGGREGATORS[aggregator])
    return refuse(`${aggregator} with ${AGGREGATORS[aggregator]} fields in brackets`);
  const { takes, sql, share } = DEFINITIONS[aggregator];
  const found = names.map((one) => lookup(one, pointer));
  if (!found.every(isKey)) return null;
  const mixed = found.find(({ oneOf }) => oneOf !== null && !SETS_OF_ANY.has(aggregator) && !reading.fixed.has(oneOf));
  if (mixed && !reading.keyed.has(mixed.oneOf!))
    return refuse(
      `${aggregator} where a filter lets through one ${mixed.oneOf}, or ${mixed.oneOf} on rows or columns: ${mixed.name} is of several kinds`,
    );
  const wrong = found.find((key) => takes === 'number' && !isNumeric(key.type));
  if (wrong) return refuse(`${aggregator} of a number; ${wrong.name} is none`);
  // What is added up in ascending order.
  const isUneven = found.some(({ type, scale }) => isNumeric(type) && scale === null);
  const isPieces = source.overlap === true && found.some(({ isCut }) => !isCut);
  if (isPieces && !SETS.has(aggregator)) return refuse(`${aggregator} of minutes: a presence may be in many bins`);
  const [a, b] = found.map((key) => argumentOf(key, aggregator !== 'countUnique', reading));
  const kind = mixed ? argumentOf(lookup(mixed.oneOf!, pointer)!, false, reading).column : null;
  const of = (isTold: boolean) =>
    ofOneKind(kind, sql({ ...(a ?? NO_ARGUMENT), isTold }, { ...(b ?? NO_ARGUMENT), isTold }));
  return {
    name,
    ...of(false),
    told: isUneven && !SETS.has(aggregator) ? null : of(true).sql,
    ...(share && { share }),
    of: isPieces ? 'pieces' : 'records',
    parts: [],
  };
}

/** A total over several kinds is unknown. */
const ofOneKind = (kind: string | null, aggregate: Omit<Aggregate, 'share'>): Omit<Aggregate, 'share'> =>
  kind === null
    ? aggregate
    : { ...aggregate, sql: `CASE WHEN min(${kind}) IS NOT DISTINCT FROM max(${kind}) THEN ${aggregate.sql} END` };

/** What is the same of a record, however often it is there. */
const SETS = new Set<Aggregator>(['countUnique', 'listUnique', 'minimum', 'maximum', 'first', 'last']);

/** What has a meaning of values of several kinds. */
const SETS_OF_ANY = new Set<Aggregator>(['countUnique', 'listUnique']);

const NO_ARGUMENT: Argument = { column: 'NULL', type: 'number', scale: 1 };

/** A field as a column of the records: by its key where that is enough, else as it is shown. */
function argumentOf(key: Key, wantsText: boolean, { inputs, given, texts, needs }: Inputs): Argument {
  for (const need of key.needs) needs.add(need);
  let sql = key.sql;
  if (wantsText && key.words !== null) {
    const alias = `t${texts.length}`;
    texts.push({ alias, words: key.words, code: key.sql });
    sql = `${alias}.text`;
  } else if (wantsText && !isNumeric(key.type)) sql = key.shown(key.sql);
  const found = Object.keys(inputs).find((column) => inputs[column] === sql);
  const column = found ?? `a${Object.keys(inputs).length}`;
  inputs[column] = sql;
  given[column] = key;
  return { column, type: key.type, scale: isNumeric(key.type) ? key.scale : null };
}

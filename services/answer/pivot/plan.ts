import { AGGREGATORS, type Aggregator, LEVEL, type PivotQuery } from '../../model/pivot.ts';
import type { Columns } from '../../model/query.ts';
import type { Reason } from '../../model/reject.ts';
import type { Venue } from '../../model/venue.ts';
import { Refused } from '../refused.ts';
import { type Aggregate, type Argument, DEFINITIONS } from './aggregators.ts';
import { conditionOf, type Key, type Lookup, lookupIn } from './keys.ts';
import type { Source } from './source.ts';
import type { Timed } from './times.ts';

export type Value = string | number | bigint;

/** What a question means for a source: keys, what is computed, conditions and joins, all made of our own fragments. */
export type Plan = {
  rows: Key[];
  columns: Key[];
  measures: (Aggregate & { name: string })[];
  /** columns of the records beside the keys: SQL by column */
  inputs: Record<string, string>;
  /** tables of texts that the inputs need: a code's SQL by the alias of its table */
  texts: { alias: string; words: string; code: string }[];
  conditions: string[];
  needs: Set<string>;
  /** parts of time in the order of their columns */
  timed: Timed[];
  values: Record<string, Value>;
  /** adds a value, whose place it gives */
  put(value: Value): string;
  /** of the answer */
  shape: Columns;
};

const MEASURE = /^([a-zA-Z0-9]{1,32})(?:\(([a-zA-Z]{1,24})(?:,([a-zA-Z]{1,24}))?\))?$/;

/** Throws `Refused` with every fault of the question. */
export function planOf(query: PivotQuery, source: Source, venue: Venue): Plan {
  const reasons: Reason[] = [];
  const timed: Timed[] = [];
  const slot = ({ part, width }: Timed) => {
    const found = timed.findIndex((one) => one.part === part && one.width === width);
    return found >= 0 ? found : timed.push({ part, width }) - 1;
  };
  const lookup = lookupIn(source, venue, slot, reasons);
  const values: Plan['values'] = {};
  const put = (value: Value) => {
    const name = `p${Object.keys(values).length}`;
    values[name] = value;
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
    texts: [],
    timed,
    values,
    put,
  };
  const measures = query.measures.flatMap((name, i) => measureOf(name, i, plan, lookup, reasons) ?? []);
  const conditions = (query.filters ?? []).flatMap((filter, i) => {
    const key = lookup(filter.field, `/filters/${i}/field`);
    if (!key) return [];
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
  return { ...plan, measures, conditions, shape };
}

const isKey = (key: Key | null): key is Key => key !== null;

function refuseTwice(names: string[], side: string, reasons: Reason[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) reasons.push({ pointer: `/${side}`, expected: 'each name once', found: `${twice} twice` });
}

type Inputs = Pick<Plan, 'inputs' | 'texts' | 'needs'>;

/** `sum(rssi)`: the aggregate, whose arguments become columns of the records. */
function measureOf(
  name: string,
  index: number,
  inputs: Inputs,
  lookup: Lookup,
  reasons: Reason[],
): (Aggregate & { name: string }) | null {
  const pointer = `/measures/${index}`;
  const refuse = (expected: string) => {
    reasons.push({ pointer, expected, found: name });
    return null;
  };
  const [, called = '', ...given] = MEASURE.exec(name) ?? [];
  if (!Object.hasOwn(AGGREGATORS, called)) return refuse(`one of ${Object.keys(AGGREGATORS).join(', ')}`);
  const aggregator = called as Aggregator;
  const names = given.filter((one) => one !== undefined);
  if (names.length !== AGGREGATORS[aggregator])
    return refuse(`${aggregator} with ${AGGREGATORS[aggregator]} fields in brackets`);
  const { takes, sql, share } = DEFINITIONS[aggregator];
  const found = names.map((one) => lookup(one, pointer));
  if (!found.every(isKey)) return null;
  const wrong = found.find((key) => takes === 'number' && key.type !== 'number');
  if (wrong) return refuse(`${aggregator} of a number; ${wrong.name} is none`);
  const wantsText = aggregator !== 'countUnique';
  const [a, b] = found.map((key) => argumentOf(key, wantsText, inputs));
  return { name, ...sql(a ?? NO_ARGUMENT, b ?? NO_ARGUMENT), ...(share && { share }) };
}

const NO_ARGUMENT: Argument = { column: 'NULL', type: 'number', scale: 1 };

/** A field as a column of the records: by its key where that is enough, else as it is shown. */
function argumentOf(key: Key, wantsText: boolean, { inputs, texts, needs }: Inputs): Argument {
  for (const need of key.needs) needs.add(need);
  let sql = key.sql;
  if (wantsText && key.words !== null) {
    const alias = `t${texts.length}`;
    texts.push({ alias, words: key.words, code: key.sql });
    sql = `${alias}.text`;
  } else if (wantsText && key.type !== 'number') sql = key.shown(key.sql);
  const found = Object.keys(inputs).find((column) => inputs[column] === sql);
  const column = found ?? `a${Object.keys(inputs).length}`;
  inputs[column] = sql;
  return { column, type: key.type, scale: key.type === 'number' ? key.scale : null };
}

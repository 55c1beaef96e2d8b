import type { DuckDBConnection } from '@duckdb/node-api';
import { LEVEL } from '../../model/pivot.ts';
import { type Columns, type ColumnType, SQL_TYPE } from '../../model/query.ts';
import { type Aggregate, ALL, PARTIAL, TOLD, UPTO } from './aggregators.ts';
import type { Key } from './keys.ts';
import type { Plan, Value } from './plan.ts';
import type { Source } from './source.ts';

/** A statement made of our own fragments, and whatever a client sent among its values. */
export type Statement = { text: string; values: Record<string, Value> };

/** Values that a statement does not name are an error of DuckDB's. */
export const run = (connection: DuckDBConnection, { text, values }: Statement) =>
  connection.run(text, namedIn(text, values));

export function namedIn(text: string, values: Statement['values']): Statement['values'] {
  const named = new Set([...text.matchAll(/\$([a-z]+\d*)/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => named.has(name)));
}

/** A level of totals: the keys that it keeps, by their places. */
export type Level = number[];

/** Keys of a question: rows, then columns. */
export const keysOf = ({ rows, columns }: Pick<Plan, 'rows' | 'columns'>): Key[] => [...rows, ...columns];

/** Every level: the first so many of the rows with the first so many of the columns. The first is that of the cells, the last that of everything. */
function levelsOf({ rows, columns }: Pick<Plan, 'rows' | 'columns'>): Level[] {
  const first = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
  const levels: Level[] = [];
  for (let r = rows.length; r >= 0; r--)
    for (let c = columns.length; c >= 0; c--) levels.push([...first(r, 0), ...first(c, rows.length)]);
  return levels;
}

/** Which keys of so many are totalled at a level, as DuckDB's GROUPING says it: the first is the highest bit. */
export const totalledAt = (level: Level, count: number): number =>
  Array.from({ length: count }, (_, i) => (level.includes(i) ? 0 : 2 ** (count - 1 - i))).reduce((a, b) => a + b, 0);

/** The records of a question: keys k0 …, inputs a0 … */
export function recordsOf(plan: Plan, source: Source, more: string[] = []): string {
  const columns = [
    ...keysOf(plan).map(({ sql }, i) => `${sql} AS k${i}`),
    ...Object.entries(plan.inputs).map(([column, sql]) => `${sql} AS ${column}`),
    ...more,
  ];
  const texts = plan.texts.map(({ alias, words, code }) => `LEFT JOIN ${words} ${alias} ON ${alias}.code = ${code}`);
  const where = [source.within, ...plan.conditions].join(' AND ');
  const from = [source.from, ...joinsOf(plan, source), ...texts].join(' ');
  return `SELECT ${columns.join(', ') || '1 AS one'} FROM ${from} WHERE ${where}`;
}

/** Blocks in which what lasts begins and ends, within the span. */
const BEGUN = 'greatest(o.begins, $from::BIGINT // 1000) // $block::BIGINT';
const ENDED = '(least(o.ends, $until::BIGINT // 1000) - 1) // $block::BIGINT';

/** Names of the joins that are needed, and of those that these need. */
export function neededBy({ needs }: Plan, { joins, room }: Source): Set<string> {
  const all = new Set(needs);
  if (all.has('sitting')) for (const need of room.needs) all.add(need);
  for (const need of all) for (const deeper of joins[need]?.needs ?? []) all.add(deeper);
  return all;
}

/** The joins that are needed, each after those that it needs itself. */
function joinsOf(plan: Plan, source: Source): string[] {
  const { isBlockShared, steady } = plan;
  const { joins, time, room, overlap } = source;
  const all = neededBy(plan, source);
  const own = Object.entries(joins).flatMap(([name, { sql, holds }]) => {
    if (!all.has(name)) return [];
    return [holds === undefined || steady.has(name) ? sql : `${sql} AND ${holds}`];
  });
  // What lasts is looked up by each block that it touches; of those that it shares with a bin the first counts.
  const touched = `CROSS JOIN LATERAL (SELECT unnest(range(${BEGUN}, ${ENDED} + 1)) AS block) x`;
  const bin = overlap
    ? `${touched} JOIN bin b ON b.block = x.block AND b.block = greatest(b.begins // $block::BIGINT, ${BEGUN}) AND o.begins < b.ends AND o.ends > b.begins`
    : `JOIN bin b ON b.block = ${time} // $block::BIGINT${isBlockShared ? ` AND ${time} >= b.begins AND ${time} < b.ends` : ''}`;
  const sitting = `LEFT JOIN sitting s ON s.bin = b.id AND s.room = coalesce(${room.sql}, '')`;
  return [...own, ...(all.has('bin') ? [bin] : []), ...(all.has('sitting') ? [sitting] : [])];
}

/** The keys of a level, each as its column; those that are totalled are unknown. */
export const maskedAt = (level: Level, count: number): string[] =>
  Array.from({ length: count }, (_, i) => (level.includes(i) ? `k${i}` : `NULL AS k${i}`));

/** How cells and totals are grouped: GROUP BY and which keys a row has totalled. */
export function groupedBy(plan: Plan, hasTotals: boolean, more: string[] = []): { group: string; totalled: string } {
  const count = keysOf(plan).length;
  const sets = levelsAsked(plan, hasTotals).map((level) => `(${[...level.map((i) => `k${i}`), ...more].join(', ')})`);
  if (count === 0) return { group: more.length > 0 ? ` GROUP BY ${more.join(', ')}` : '', totalled: '0' };
  const keys = Array.from({ length: count }, (_, i) => `k${i}`).join(', ');
  return { group: ` GROUP BY GROUPING SETS (${sets.join(', ')})`, totalled: `GROUPING(${keys})::INTEGER` };
}

/** The levels that are computed. That of everything always is: it says how many records there are. */
export function levelsAsked(plan: Plan, hasTotals: boolean): Level[] {
  const all = levelsOf(plan);
  const isWhole = hasTotals || plan.measures.some(({ share }) => share);
  return isWhole || all.length === 1 ? all : [all[0]!, all.at(-1)!];
}

/** Whether records that are alike are added up first, so that each level looks at fewer; and whether by their blocks, of which then the bins are looked up. */
export type Alike = { isTold: boolean; isByBlock: boolean };

/** Cells and totals, each computed of its own records, into the table `cell`. */
export function cellsStatement(plan: Plan, source: Source, hasTotals: boolean, alike: Alike): Statement {
  const keys = keysOf(plan).map((_, i) => `k${i}`);
  const { isTold } = alike;
  const records = isTold ? toldRecords(plan, source, keys, alike) : recordsOf(plan, source);
  const cells = isTold ? toldCells(plan, hasTotals) : plainCells(plan, hasTotals, keys);
  return { text: `CREATE TEMP TABLE cell AS WITH record AS (${records}) ${cells}`, values: plan.values };
}

function plainCells(plan: Plan, hasTotals: boolean, keys: string[]): string {
  const { group, totalled } = groupedBy(plan, hasTotals);
  const aggregates = plan.measures.map(({ sql }, i) => `${sql} AS m${i}`);
  const columns = [...keys, `${totalled} AS totalled`, 'count(*) AS records', ...aggregates].join(', ');
  return `SELECT ${columns} FROM record${group}`;
}

/** Records that are alike as one row; by block a bin is looked up for each of a hundred hours, not of a million records. */
function toldRecords(plan: Plan, source: Source, keys: string[], { isByBlock }: Alike): string {
  const told = (records: Plan) =>
    `SELECT ${[...keys, ...toldOf(plan)].join(', ')} FROM (${recordsOf(records, source)}) GROUP BY ALL`;
  if (!isByBlock) return told(plan);
  const blocked = (key: Key) => (key.timed ? { ...key, sql: `${source.time} // $block::BIGINT` } : key);
  const needs = new Set([...plan.needs].filter((name) => name !== 'bin'));
  const timed = keysOf(plan).flatMap(({ timed, sql }, i) => (timed ? [{ sql, key: `k${i}` }] : []));
  const binned = timed.map(({ sql, key }) => `${sql} AS ${key}`).join(', ');
  const blocks = told({ ...plan, rows: plan.rows.map(blocked), columns: plan.columns.map(blocked), needs });
  return `SELECT o.* REPLACE (${binned}) FROM (${blocks}) o JOIN bin b ON b.block = o.${timed[0]!.key}`;
}

/** Each level of what is told. */
function toldCells(plan: Plan, hasTotals: boolean): string {
  const count = keysOf(plan).length;
  const aggregates = plan.measures.map(({ told }, i) => `${told} AS m${i}`);
  return levelsAsked(plan, hasTotals)
    .map((level) => {
      const own = level.map((i) => `k${i}`);
      const group = level.length > 0 ? ` GROUP BY ${own.join(', ')}` : '';
      const columns = [
        ...maskedAt(level, count),
        `${totalledAt(level, count)} AS totalled`,
        `coalesce(sum(${TOLD}), 0)::BIGINT AS records`,
        ...aggregates,
      ];
      return `SELECT ${columns.join(', ')} FROM (SELECT ${['*', ...rankedIn(plan, own)].join(', ')} FROM record)${group}`;
    })
    .join(' UNION ALL ');
}

/** Of values of a cell in their order: how many there are up to each, and in all. */
function rankedIn(plan: Plan, own: string[]): string[] {
  const partition = own.length > 0 ? `PARTITION BY ${own.join(', ')} ` : '';
  return apartIn(plan)
    .filter((column) => isNamed(plan, `${column}_${UPTO}`))
    .flatMap((column) => {
      const known = `sum(CASE WHEN ${column} IS NOT NULL THEN ${TOLD} END)`;
      const upto = `${known} OVER (${partition}ORDER BY ${column})`;
      return [`${upto} AS ${column}_${UPTO}`, `${known} OVER (${partition.trim()}) AS ${column}_${ALL}`];
    });
}

/** What is told of records that are alike: values that are needed for themselves, how many there are, what of the others is added up. */
function toldOf(plan: Plan): string[] {
  const parts = Object.keys(plan.inputs).flatMap((column) =>
    Object.entries(PARTIAL).map(([name, sql]) => ({ name: `${column}_${name}`, sql: sql(column) })),
  );
  const named = parts.filter(({ name }) => isNamed(plan, name)).map(({ name, sql }) => `${sql} AS ${name}`);
  return [...apartIn(plan), `count(*) AS ${TOLD}`, ...named];
}

/** Inputs whose values are needed for themselves: records that differ in them are not alike. */
export const apartIn = (plan: Plan): string[] => Object.keys(plan.inputs).filter((column) => isNamed(plan, column));

const isNamed = ({ measures }: Plan, column: string): boolean =>
  measures.some(({ told }) => told !== null && new RegExp(`\\b${column}\\b`).test(told));

/** What is shown of the table `cell`: in the order of the keys, totals after what they are of. */
export function shownStatement(plan: Plan, hasTotals: boolean): Statement {
  const keys = keysOf(plan);
  const levels = levelsOf(plan);
  const values: Statement['values'] = {};
  const named = levels.map((level, i) => {
    values[`l${i}`] = keys.flatMap(({ name }, k) => (level.includes(k) ? [] : [name])).join();
    return `WHEN ${totalledAt(level, keys.length)} THEN $l${i}`;
  });
  const columns = [
    ...keys.map((key, i) => `${shownKey(key, i)} AS "${key.name}"`),
    `CASE totalled ${named.join(' ')} END AS "${LEVEL}"`,
    ...plan.measures.map((measure, i) => `${shownMeasure(measure, i, plan)} AS "${measure.name}"`),
  ];
  const words = keys.flatMap((key, i) => (key.words ? [`LEFT JOIN ${key.words} w${i} ON w${i}.code = k${i}`] : []));
  const order = keys.flatMap((key, i) => [
    isTotalled(i, keys.length),
    `${key.words ? `w${i}.text` : `k${i}`} NULLS LAST`,
  ]);
  const all = `SELECT ${columns.join(', ')}, totalled, row_number() OVER (ORDER BY ${order.join(', ') || '1'}) AS place FROM cell ${words.join(' ')}`;
  const where = hasTotals ? '' : ' WHERE totalled = 0';
  return { text: `SELECT ${castTo(plan.shape)} FROM (${all})${where} ORDER BY place`, values };
}

/** The columns of an answer, each in its type, whatever it was computed as. */
export const castTo = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, type]) => `${cast(`"${name}"`, type)} AS "${name}"`)
    .join(', ');

/** A cast of an instant would ask the calendar for each: 250 ns. */
const cast = (value: string, type: ColumnType): string =>
  type === 'instant' ? `make_timestamptz(epoch_us(${value}))` : `${value}::${SQL_TYPE[type]}`;

/** 1 where a key is totalled, else 0: totals come after what they are of. */
const isTotalled = (i: number, count: number): string => `(totalled >> ${count - 1 - i}) & 1`;

const shownKey = ({ words, shown }: Key, i: number): string => (words ? `w${i}.text` : shown(`k${i}`));

/** A share is of the total of everything, of its row's, or of its column's. */
function shownMeasure({ share }: Aggregate, i: number, { rows, columns }: Plan): string {
  if (!share) return `m${i}`;
  const count = rows.length + columns.length;
  const masks = { rows: 2 ** columns.length - 1, columns: (2 ** rows.length - 1) * 2 ** columns.length };
  const all = 2 ** count - 1;
  // Of a row: what has the same keys of rows, and all of the columns in one.
  const mask = { total: all, rows: masks.rows, columns: masks.columns }[share];
  const kept = { total: [], rows: rows.map((_, k) => k), columns: columns.map((_, k) => rows.length + k) }[share];
  const partition = [`totalled & ${all - mask}`, ...kept.map((k) => `k${k}`)].join(', ');
  const whole = `max(CASE WHEN totalled & ${mask} = ${mask} THEN m${i} END) OVER (PARTITION BY ${partition})`;
  return `m${i}::DOUBLE / nullif(${whole}, 0)`;
}

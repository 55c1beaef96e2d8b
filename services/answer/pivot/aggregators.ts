import type { Aggregator } from '../../model/pivot.ts';
import { type ColumnType, isNumeric } from '../../model/query.ts';

/**
 * An argument of an aggregator: a column of the records, in whole steps of which `scale` are one of its unit (null: it is no number of
 * such steps). `isTold`: a row stands for `TOLD` records that are alike, of which its columns a0_sum … (`PARTIAL`) tell.
 */
export type Argument = { column: string; type: ColumnType; scale: number | null; isTold?: boolean };

/**
 * SQL of an aggregate of one cell, from its records; `share`, of which larger cell it is then taken as a part. What is added up
 * are whole steps, so that the order of the records does not matter; other numbers are added in ascending order.
 */
export type Aggregate = { sql: string; type: ColumnType; share?: 'total' | 'rows' | 'columns' };

/** The column that says how many records a row stands for. */
export const TOLD = 'n';

/** What is told of the values of some records, from which that of more of them is computed. */
export const PARTIAL: Record<'count' | 'sum' | 'squares' | 'min' | 'max', (column: string) => string> = {
  count: (column) => `count(${column})`,
  sum: (column) => `sum(${column})`,
  squares: (column) => `sum(${column}::HUGEINT * ${column})`,
  min: (column) => `min(${column})`,
  max: (column) => `max(${column})`,
};

/** Its name in PivotTable.js 2.23, whose semantics these are; `takes`: what its arguments must be. */
type Definition = {
  label: string;
  takes: 'number' | 'any';
  sql: (a: Argument, b: Argument) => Omit<Aggregate, 'share'>;
  share?: Aggregate['share'];
};

const number = (sql: string) => ({ sql, type: 'number' as const });
const whole = (sql: string) => ({ sql, type: 'integer' as const });
const steps = ({ scale }: Argument) => scale ?? 1;
const sorted = ({ column }: Argument) => `list_sort(list(${column}))`;
/** Of a column whose values are told: how many there are of a cell up to this one, and in all. */
export const [UPTO, ALL] = ['upto', 'all'];

const of = (name: keyof typeof PARTIAL, { column, isTold }: Argument): string =>
  isTold ? `${name === 'min' || name === 'max' ? name : 'sum'}(${column}_${name})` : PARTIAL[name](column);
/** How many records have a value. */
const counts = (a: Argument) => (a.isTold ? `coalesce(${of('count', a)}, 0)` : of('count', a));

/** 0 of none. */
const sum = (a: Argument): string =>
  a.scale === null
    ? `coalesce(list_sum(${sorted(a)}), 0)::DOUBLE`
    : `coalesce(${of('sum', a)}, 0)::DOUBLE / ${steps(a)}`;
const average = (a: Argument): string =>
  a.scale === null
    ? `list_sum(${sorted(a)}) / count(${a.column})`
    : `${of('sum', a)}::DOUBLE / ${counts(a)} / ${steps(a)}`;

/** From the sums of x and x², which are exact; 0 of one record or none. */
function variance(a: Argument): string {
  const n = counts(a);
  if (a.scale === null) return `CASE WHEN ${n} < 2 THEN 0 ELSE list_var_samp(${sorted(a)}) END`;
  const squares = `(${n} * ${of('squares', a)} - ${of('sum', a)}::HUGEINT * ${of('sum', a)})::DOUBLE`;
  return `CASE WHEN ${n} < 2 THEN 0 ELSE ${squares} / (${n}::DOUBLE * (${n} - 1)) / ${steps(a) ** 2} END`;
}

/** As the value is shown: a number without needless digits. */
const shown = (a: Argument, sql: string) => (a.scale === null || a.scale === 1 ? sql : `${sql} / ${a.scale}`);
/** Smallest and largest of whatever kind, in its type. */
const extreme = (name: 'min' | 'max') => (a: Argument) => ({ sql: shown(a, of(name, a)), type: a.type });
const listed = (a: Argument): string => {
  const text = isNumeric(a.type) ? `regexp_replace((${shown(a, 'x')})::VARCHAR, '\\.0$', '')` : 'x::VARCHAR';
  return `array_to_string(list_transform(list_sort(list(DISTINCT ${a.column})), lambda x: ${text}), ', ')`;
};
/** In the middle of as many; of two the mean. Of values that are told, the first up to which there is half of them, and the first past that. */
const median = (a: Argument): string => {
  const [values, half] = [`min(${a.column})`, `2 * ${a.column}_${UPTO}`];
  const all = `${a.column}_${ALL}`;
  const told = `(${values} FILTER (${half} >= ${all}) + ${values} FILTER (${half} > ${all})) / 2`;
  return `${a.isTold ? told : `median(${a.column})`} / ${steps(a)}`;
};
const ratio = (a: Argument, b: Argument) => `${sum(a)} / nullif(${sum(b)}, 0)`;

/** PivotTable.js's 80 % bounds of a ratio of sums (Wilson's interval with z = 1.2816); unknown where there is none. */
function bound(a: Argument, b: Argument, sign: '+' | '-'): string {
  const [num, den] = [`(${sum(a)})`, `nullif(${sum(b)}, 0)`];
  const spread = `0.410593603787454 / (${den} * ${den}) + (${num} * (1 - ${num} / ${den})) / (${den} * ${den})`;
  const root = `CASE WHEN ${spread} >= 0 THEN sqrt(${spread}) END`;
  const middle = `0.821187207574908 / ${den} + ${num} / ${den}`;
  return `(${middle} ${sign} 1.2815515655446004 * ${root}) / nullif(1 + 1.642374415149816 / ${den}, 0)`;
}

const count = ({ isTold }: Argument) => (isTold ? `coalesce(sum(${TOLD}), 0)` : 'count(*)');
/** Numbers that are no whole steps may be too large for a whole number. */
const rounded = (a: Argument) => (a.scale === null ? number : whole)(`round(${sum(a)})`);
const counted = (a: Argument) => number(count(a));
const summed = (a: Argument) => number(sum(a));

export const DEFINITIONS: Record<Aggregator, Definition> = {
  count: { label: 'Count', takes: 'any', sql: (a) => whole(count(a)) },
  countUnique: { label: 'Count Unique Values', takes: 'any', sql: (a) => whole(`count(DISTINCT ${a.column})`) },
  listUnique: { label: 'List Unique Values', takes: 'any', sql: (a) => ({ sql: listed(a), type: 'text' }) },
  sum: { label: 'Sum', takes: 'number', sql: (a) => ({ sql: sum(a), type: a.type }) },
  integerSum: { label: 'Integer Sum', takes: 'number', sql: rounded },
  average: { label: 'Average', takes: 'number', sql: (a) => number(average(a)) },
  median: { label: 'Median', takes: 'number', sql: (a) => number(median(a)) },
  sampleVariance: { label: 'Sample Variance', takes: 'number', sql: (a) => number(variance(a)) },
  sampleStandardDeviation: {
    label: 'Sample Standard Deviation',
    takes: 'number',
    sql: (a) => number(`sqrt(${variance(a)})`),
  },
  minimum: { label: 'Minimum', takes: 'number', sql: extreme('min') },
  maximum: { label: 'Maximum', takes: 'number', sql: extreme('max') },
  first: { label: 'First', takes: 'any', sql: extreme('min') },
  last: { label: 'Last', takes: 'any', sql: extreme('max') },
  sumOverSum: { label: 'Sum over Sum', takes: 'number', sql: (a, b) => number(ratio(a, b)) },
  upperBound80: { label: '80% Upper Bound', takes: 'number', sql: (a, b) => number(bound(a, b, '+')) },
  lowerBound80: { label: '80% Lower Bound', takes: 'number', sql: (a, b) => number(bound(a, b, '-')) },
  sumAsFractionOfTotal: { label: 'Sum as Fraction of Total', takes: 'number', sql: summed, share: 'total' },
  sumAsFractionOfRows: { label: 'Sum as Fraction of Rows', takes: 'number', sql: summed, share: 'rows' },
  sumAsFractionOfColumns: { label: 'Sum as Fraction of Columns', takes: 'number', sql: summed, share: 'columns' },
  countAsFractionOfTotal: { label: 'Count as Fraction of Total', takes: 'any', sql: counted, share: 'total' },
  countAsFractionOfRows: { label: 'Count as Fraction of Rows', takes: 'any', sql: counted, share: 'rows' },
  countAsFractionOfColumns: { label: 'Count as Fraction of Columns', takes: 'any', sql: counted, share: 'columns' },
};

import { createRequire } from 'node:module';

/** A cell of PivotTable.js: a number, a text, or nothing. */
export type Value = number | string | null;
type Aggregator = (...fields: string[][]) => unknown;
type PivotData = {
  getRowKeys(): string[][];
  getColKeys(): string[][];
  getAggregator(row: unknown[], column: unknown[]): { value(): Value };
};
type Options = { rows: string[]; cols: string[]; aggregator: unknown };
export type PivotUtilities = {
  aggregators: Record<string, Aggregator>;
  derivers: { bin(column: string, width: number): (record: Record<string, unknown>) => number };
  PivotData: new (records: Record<string, unknown>[], options: Options) => PivotData;
};

/** PivotTable.js 2.23 without a page: it asks for `jquery`, which without one is a factory; it gets what that makes. */
export function loadPivotTable(): PivotUtilities {
  const require = createRequire(import.meta.url);
  const { JSDOM } = require('jsdom') as { JSDOM: new (html: string) => { window: unknown } };
  const factory = require('jquery') as (window: unknown) => { pivotUtilities: PivotUtilities };
  const $ = factory(new JSDOM('').window);
  require.cache[require.resolve('jquery')]!.exports = $;
  require('pivottable');
  return $.pivotUtilities;
}

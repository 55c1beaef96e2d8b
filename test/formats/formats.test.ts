import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { Row, Table } from '../../services/formats/format.ts';
import { BY_NAME, FORMATS } from '../../services/formats/formats.ts';
import type { Columns, ColumnType } from '../../services/model/query.ts';
import { fromParquet, parquetTypes } from './parquet.ts';
import { type Cell, sheetsIn } from './unzip.ts';

const COLUMNS: Columns = {
  who: 'text',
  'how "much"': 'number',
  is: 'boolean',
  at: 'instant',
  said: 'json',
  n: 'integer',
};

const tableOf = (chunks: Row[][], columns = COLUMNS): Table => ({
  columns,
  rows: (async function* () {
    yield* chunks;
  })(),
  meta: { rows: 0 } as never,
  next: null,
});

async function bytesOf(name: string, table: Table): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of BY_NAME[name]!.write(table)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const number = (text: string) => (text === '' ? null : Number(text));
/** What a cell of a text format says: a text that is not there and an empty one look the same. */
const FROM_TEXT: Record<ColumnType, (text: string) => unknown> = {
  text: (text) => text,
  number,
  integer: number,
  boolean: (text) => (text === '' ? null : text === 'true'),
  instant: (text) => (text === '' ? null : Date.parse(text)),
  json: (text) => (text === '' ? null : JSON.parse(text)),
};
/** What a cell of a workbook says: none is unknown. */
const known = (read: (cell: Cell) => unknown) => (cell?: Cell) => (cell ? read(cell) : null);
const FROM_CELL: Record<ColumnType, (cell?: Cell) => unknown> = {
  text: known(({ value }) => value),
  number: known(({ value }) => Number(value)),
  integer: known(({ value }) => Number(value)),
  boolean: known(({ value }) => value === '1'),
  instant: known(({ value }) => Math.round((Number(value) - 25_569) * 86_400_000)),
  json: known(({ value }) => JSON.parse(value)),
};
const fromTexts = (records: string[][]) =>
  records
    .slice(1)
    .map((cells) =>
      Object.fromEntries(Object.entries(COLUMNS).map(([name, type], i) => [name, FROM_TEXT[type](cells[i]!)])),
    );

/** How each format is read by somebody who did not write it. */
const READ: Record<string, (bytes: Buffer) => Row[] | Promise<Row[]>> = {
  json: (bytes) => JSON.parse(bytes.toString()).rows,
  ndjson: (bytes) =>
    bytes
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  csv: (bytes) => fromTexts(parse(bytes, { relax_column_count: false })),
  tsv: (bytes) =>
    fromTexts(
      bytes
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t')),
    ),
  arrow: (bytes) =>
    tableFromIPC(bytes)
      .toArray()
      .map((row) => {
        const { said, n, ...other } = row!.toJSON() as Row;
        assert.equal(typeof (n ?? 0n), 'bigint');
        return { ...other, n: n === null ? null : Number(n), said: said === null ? null : JSON.parse(said as string) };
      }),
  xlsx: (bytes) =>
    sheetsIn(bytes)
      .flatMap((lines) => lines.slice(1))
      .map((cells) =>
        Object.fromEntries(
          Object.entries(COLUMNS).map(([name, type], i) => [name, FROM_CELL[type](cells.get('ABCDEF'[i]!))]),
        ),
      ),
  async parquet(bytes) {
    const rows = await fromParquet(bytes);
    return rows.map(({ said, ...other }) => ({ ...other, said: said === null ? null : JSON.parse(said as string) }));
  },
};

const text = fc.oneof(fc.constantFrom('Café', '=1+1', '"', ',', "a'b", '', 'ü\u{1F600}'), fc.string());
const row = fc.record({
  who: fc.option(text),
  'how "much"': fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
  is: fc.option(fc.boolean()),
  at: fc.option(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) })),
  said: fc.option(fc.record({ a: fc.integer(), b: text }, { noNullPrototype: true })),
  n: fc.option(fc.maxSafeInteger()),
});

describe('formats', () => {
  it('every format holds equal rows, whatever is in them', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 3 }), async (chunks) => {
        for (const name of Object.keys(BY_NAME)) {
          const isText = name === 'csv' || name === 'tsv';
          const blank = (value: string) => (name === 'tsv' ? value.replace(/[\t\r\n]+/g, ' ') : value);
          const expected = chunks.flat().map((one) => ({
            ...one,
            // In a text there is no unknown text, and -0 is written 0 in JSON and texts.
            who: isText ? blank(one.who ?? '') : one.who,
            'how "much"': one['how "much"'] === 0 ? 0 : one['how "much"'],
          }));
          const found = await READ[name]!(await bytesOf(name, tableOf(chunks)));
          assert.deepEqual(
            found.map((one) => Object.fromEntries(Object.keys(COLUMNS).map((column) => [column, one[column]]))),
            expected.map((one) =>
              Object.fromEntries(Object.keys(COLUMNS).map((column) => [column, one[column as 'who']])),
            ),
            name,
          );
        }
      }),
      { numRuns: 40 },
    ));

  it('an answer without rows still has its columns', async () => {
    assert.equal((await bytesOf('csv', tableOf([]))).toString(), 'who,"how ""much""",is,at,said,n\r\n');
    assert.deepEqual(
      tableFromIPC(await bytesOf('arrow', tableOf([]))).schema.fields.map(({ name }) => name),
      Object.keys(COLUMNS),
    );
    assert.deepEqual(await READ.parquet!(await bytesOf('parquet', tableOf([]))), []);
  });

  it('Arrow and Parquet have the types that columns are declared with: instants of UTC, whole numbers', async () => {
    const { fields } = tableFromIPC(await bytesOf('arrow', tableOf([]))).schema;
    assert.deepEqual(
      fields.map(({ type }) => String(type)),
      ['Utf8', 'Float64', 'Bool', 'Timestamp<MILLISECOND, UTC>', 'Utf8', 'Int64'],
    );
    assert.deepEqual(await parquetTypes(await bytesOf('parquet', tableOf([]))), {
      ...{ who: 'VARCHAR', 'how "much"': 'DOUBLE', is: 'BOOLEAN', at: 'TIMESTAMP WITH TIME ZONE isAdjustedToUTC=1' },
      ...{ said: 'VARCHAR', n: 'BIGINT' },
    });
  });

  it('rows that break off break off every format, and leave no file', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('hallway-parquet-')).length;
    for (const name of Object.keys(BY_NAME)) {
      const rows = (async function* () {
        yield [{ who: 'x' }];
        throw new Error('the query ended');
      })();
      await assert.rejects(bytesOf(name, { ...tableOf([]), rows }), /the query ended/, name);
    }
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('hallway-parquet-')).length;
    assert.equal(after, before);
  });

  it('each has a media type and a name', () =>
    assert.deepEqual(new Set(Object.values(FORMATS)), new Set(Object.values(BY_NAME))));
});

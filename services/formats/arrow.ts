import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow';
import type { Columns, ColumnType } from '../model/query.ts';
import { type Batch, batchesOf } from './arrow-typed.ts';
import { bits } from './bits.ts';
import { cellText } from './cell.ts';
import type { Format, Row, Table } from './format.ts';

/** How a column of each type is called in Arrow. */
const ARROW_TYPE: Record<ColumnType, DataType> = {
  number: new Float64(),
  integer: new Int64(),
  instant: new TimestampMillisecond('UTC'),
  boolean: new Bool(),
  text: new Utf8(),
  json: new Utf8(),
};

/** The Arrow IPC stream: a number is a double, a whole one 64 bits, an instant a timestamp of milliseconds in UTC, `json` is its text. */
export const arrow: Format = {
  type: 'application/vnd.apache.arrow.stream',
  whole: false,
  async *write({ columns, rows, typed }) {
    const fields = Object.entries(columns).map(([name, type]) => new Field(name, ARROW_TYPE[type], true));
    const schema = new Schema(fields);
    // A stream without rows has its schema too.
    const first = streamOf(schema, batchOf(columns, []));
    yield first.subarray(0, -END.length);
    for await (const batch of typed ? batchesOf(columns, await typed.coded()) : rowBatches(columns, rows)) {
      const bytes = streamOf(schema, batch);
      yield bytes.subarray(schemaLength(bytes), -END.length);
    }
    yield END;
  },
};

/** A stream of one batch: its schema, the batch, the end. */
function streamOf(schema: Schema, { length, children }: Batch): Uint8Array {
  const data = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children });
  return RecordBatchStreamWriter.writeAll([new RecordBatch(schema, data)]).toUint8Array(true);
}

/** End of stream: a continuation and no length (Arrow Columnar Format, IPC streaming format). */
const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** A schema is a message without a body: a continuation, the length of its metadata, that. */
const schemaLength = (bytes: Uint8Array): number => 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);

async function* rowBatches(columns: Columns, rows: Table['rows']): AsyncGenerator<Batch> {
  for await (const chunk of rows) yield batchOf(columns, chunk);
}

const batchOf = (columns: Columns, rows: Row[]): Batch => ({
  length: rows.length,
  children: Object.entries(columns).map(([name, type]) => DATA[type](rows, name, type)),
});

/** How a column of each type lies in memory (Arrow Columnar Format 1.4). */
const DATA: Record<ColumnType, (rows: Row[], name: string, type: ColumnType) => Data> = {
  number: (rows, name) =>
    makeData({
      type: new Float64(),
      data: Float64Array.from(rows, (row) => Number(row[name] ?? 0)),
      ...known(rows, name),
    }),
  integer: wideData,
  instant: wideData,
  boolean: (rows, name) =>
    makeData({ type: new Bool(), data: bits(rows, (row) => row[name] === true), ...known(rows, name) }),
  text: textData,
  json: textData,
};

/** Whole numbers of 64 bits. Throws where one is not whole. */
function wideData(rows: Row[], name: string, type: ColumnType): Data {
  const data = BigInt64Array.from(rows, (row) => BigInt((row[name] as number | null) ?? 0));
  return makeData({ type: ARROW_TYPE[type] as Int64, data, ...known(rows, name) });
}

function textData(rows: Row[], name: string, type: ColumnType): Data {
  const texts = rows.map((row) => Buffer.from(cellText(row[name], type)));
  const valueOffsets = new Int32Array(rows.length + 1);
  for (const [i, text] of texts.entries()) valueOffsets[i + 1] = valueOffsets[i]! + text.length;
  return makeData({ type: new Utf8(), data: Buffer.concat(texts), valueOffsets, ...known(rows, name) });
}

/** How many rows there are, and which of them have a value. */
function known(rows: Row[], name: string) {
  const isKnown = (row: Row) => row[name] !== null && row[name] !== undefined;
  const nullCount = rows.reduce((count, row) => count + (isKnown(row) ? 0 : 1), 0);
  return { length: rows.length, nullCount, ...(nullCount > 0 && { nullBitmap: bits(rows, isKnown) }) };
}

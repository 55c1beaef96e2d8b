import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow';
import type { Columns, ColumnType } from '../model/query.ts';
import { cellText } from './cell.ts';
import type { Format, Row } from './format.ts';

/** The Arrow IPC stream: a number is a double, an instant a timestamp of milliseconds in UTC, `json` is its text. */
export const arrow: Format = {
  type: 'application/vnd.apache.arrow.stream',
  whole: false,
  async *write({ columns, rows }) {
    const fields = Object.entries(columns).map(([name, type]) => new Field(name, COLUMN[type].type, true));
    const schema = new Schema(fields);
    // A stream without rows has its schema too.
    const first = streamOf(batchOf(schema, columns, []));
    yield first.subarray(0, -END.length);
    for await (const chunk of rows) {
      const bytes = streamOf(batchOf(schema, columns, chunk));
      yield bytes.subarray(schemaLength(bytes), -END.length);
    }
    yield END;
  },
};

/** A stream of one batch: its schema, the batch, the end. */
const streamOf = (batch: RecordBatch): Uint8Array => RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);

/** End of stream: a continuation and no length (Arrow Columnar Format, IPC streaming format). */
const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** A schema is a message without a body: a continuation, the length of its metadata, that. */
const schemaLength = (bytes: Uint8Array): number => 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);

function batchOf(schema: Schema, columns: Columns, rows: Row[]): RecordBatch {
  const children = Object.entries(columns).map(([name, type]) => COLUMN[type].data(rows, name, type));
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children }),
  );
}

/** How a column of each type lies in memory (Arrow Columnar Format 1.4). */
const COLUMN: Record<ColumnType, { type: DataType; data(rows: Row[], name: string, type: ColumnType): Data }> = {
  number: {
    type: new Float64(),
    data: (rows, name) =>
      makeData({
        type: new Float64(),
        data: Float64Array.from(rows, (row) => Number(row[name] ?? 0)),
        ...known(rows, name),
      }),
  },
  instant: {
    type: new TimestampMillisecond('UTC'),
    data: (rows, name) =>
      makeData({
        type: new TimestampMillisecond('UTC'),
        data: BigInt64Array.from(rows, (row) => BigInt((row[name] as number | null) ?? 0)),
        ...known(rows, name),
      }),
  },
  boolean: {
    type: new Bool(),
    data: (rows, name) =>
      makeData({ type: new Bool(), data: bits(rows, (row) => row[name] === true), ...known(rows, name) }),
  },
  text: { type: new Utf8(), data: textData },
  json: { type: new Utf8(), data: textData },
};

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

/** A bit a row, least significant first. */
export function bits(rows: Row[], isSet: (row: Row) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(rows.length / 8));
  for (const [i, row] of rows.entries()) if (isSet(row)) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

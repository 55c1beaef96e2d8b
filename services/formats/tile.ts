import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  Int16,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { arrow } from './arrow.ts';
import { bits } from './bits.ts';
import type { Format, Row } from './format.ts';

/** Columns of whole numbers, in as few bytes as hold them: what a tile has besides its rooms and times. */
const NARROW = {
  frames: [new Uint16(), Uint16Array],
  present: [new Uint32(), Uint32Array],
  claps: [new Uint32(), Uint32Array],
  temperature: [new Int16(), Int16Array],
  coverage: [new Uint8(), Uint8Array],
  gateways: [new Uint16(), Uint16Array],
  low: [new Int16(), Int16Array],
  high: [new Int16(), Int16Array],
} as const;

/** A tile as an Arrow IPC stream of one batch: rooms are codes of a dictionary, numbers are narrow. Held whole. */
export const tile: Format = {
  type: arrow.type,
  whole: false,
  async *write({ rows }) {
    const all: Row[] = [];
    for await (const chunk of rows) for (const row of chunk) all.push(row);
    const columns = { room: roomData(all), time: timeData(all), ...numbersOf(all) };
    const fields = Object.entries(columns).map(([name, data]) => new Field(name, data.type, true));
    const schema = new Schema(fields);
    const data = makeData({
      type: new Struct(fields),
      length: all.length,
      nullCount: 0,
      children: Object.values(columns),
    });
    yield RecordBatchStreamWriter.writeAll([new RecordBatch(schema, data)]).toUint8Array(true);
  },
};

function roomData(rows: Row[]): Data {
  const names = [...new Set(rows.map(({ room }) => room as string))];
  const codes = new Map(names.map((name, i) => [name, i]));
  return makeData({
    type: new Dictionary(new Utf8(), new Uint16(), 0),
    length: rows.length,
    nullCount: 0,
    data: Uint16Array.from(rows, ({ room }) => codes.get(room as string)!),
    dictionary: vectorFromArray(names, new Utf8()),
  });
}

const timeData = (rows: Row[]): Data =>
  makeData({
    type: new TimestampMillisecond('UTC'),
    length: rows.length,
    nullCount: 0,
    data: BigInt64Array.from(rows, ({ time }) => BigInt(time as number)),
  });

function numbersOf(rows: Row[]): Record<string, Data> {
  return Object.fromEntries(
    Object.entries(NARROW).map(([name, [type, Numbers]]) => {
      const isKnown = (row: Row) => row[name] !== null;
      const nullCount = rows.reduce((count, row) => count + (isKnown(row) ? 0 : 1), 0);
      const made = {
        type: type as DataType,
        length: rows.length,
        nullCount,
        data: Numbers.from(rows.map((row) => Number(row[name] ?? 0))),
        ...(nullCount > 0 && { nullBitmap: bits(rows, isKnown) }),
      };
      return [name, makeData(made as never) as Data];
    }),
  );
}

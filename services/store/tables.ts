import {
  DOUBLE,
  type DuckDBType,
  type DuckDBVector,
  SMALLINT,
  TIMESTAMP,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Kind, Observation } from '../model/observation.ts';

/** What stands for "unknown" in a column of small integers; the view shows NULL. */
const UNKNOWN = -32768;
const TWO_32 = 2 ** 32;

/** Text → the code that stands for it in the tables. */
export type Code = (text: string) => number;

/** Rows `start` to `start + count` of a batch, by their places in it. */
export type Rows = { observations: Observation[]; places: Uint32Array; start: number; count: number };

/** How one field of an observation goes into a column of a DuckDB chunk. */
export type Column = { name: string; type: DuckDBType; fill(vector: DuckDBVector, rows: Rows, code: Code): void };

type Row = Record<string, unknown>;
type Items = { items: Int16Array | Uint8Array | Uint32Array | Float64Array | BigInt64Array };

const cells =
  (name: string, put: (items: Items['items'], index: number, value: unknown, code: Code) => void) =>
  (vector: DuckDBVector, rows: Rows, code: Code) => {
    const { items } = vector as unknown as Items;
    for (let i = 0; i < rows.count; i++)
      put(items, i, (rows.observations[rows.places[rows.start + i]!] as Row)[name], code);
  };

const column = (type: DuckDBType, put: Parameters<typeof cells>[1]) => (name: string) =>
  ({ name, type, fill: cells(name, put) }) satisfies Column;

const code = column(UINTEGER, (items, i, value, codeOf) => {
  items[i] = codeOf(value as string);
});
const small = (scale: number) =>
  column(SMALLINT, (items, i, value) => {
    items[i] = value === null ? UNKNOWN : Math.round((value as number) * scale);
  });
const double = column(DOUBLE, (items, i, value) => {
  items[i] = value as number;
});
const flag = column(UTINYINT, (items, i, value) => {
  items[i] = value ? 1 : 0;
});

/** Microseconds as two halves of a 64-bit integer: eight times faster than a BigInt a cell. */
function instant(name: string): Column {
  const fill = (vector: DuckDBVector, rows: Rows) => {
    const { items } = vector as unknown as { items: BigInt64Array };
    const halves = new Uint32Array(items.buffer, items.byteOffset, 2 * rows.count);
    for (let i = 0; i < rows.count; i++) {
      const micros = ((rows.observations[rows.places[rows.start + i]!] as Row)[name] as number) * 1000;
      const high = Math.floor(micros / TWO_32);
      halves[2 * i] = micros - high * TWO_32;
      halves[2 * i + 1] = high;
    }
  };
  return { name, type: TIMESTAMP, fill };
}

function text(name: string): Column {
  const fill = (vector: DuckDBVector, rows: Rows) => {
    for (let i = 0; i < rows.count; i++)
      vector.setItem(i, (rows.observations[rows.places[rows.start + i]!] as Row)[name] as string | null);
  };
  return { name, type: VARCHAR, fill };
}

/** A table for each kind: its columns in order, and the two fields that say whose observation it is. */
export const TABLES: Record<Kind, { columns: Column[]; subject: [string, string] }> = {
  sighting: {
    columns: [
      instant('time'),
      instant('received'),
      code('gateway'),
      code('badge'),
      small(1)('rssi'),
      small(100)('temperature'),
      small(1)('claps'),
      small(1000)('battery'),
      flag('simulated'),
    ],
    subject: ['gateway', 'badge'],
  },
  measurement: {
    columns: [
      instant('time'),
      instant('received'),
      code('sensor'),
      code('quantity'),
      double('value'),
      flag('simulated'),
    ],
    subject: ['sensor', 'quantity'],
  },
  heartbeat: {
    columns: [instant('time'), instant('received'), code('gateway'), code('status'), text('info'), flag('simulated')],
    subject: ['gateway', 'status'],
  },
};
export const KINDS = Object.keys(TABLES) as Kind[];

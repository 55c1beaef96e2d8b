import {
  BIGINT,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  SMALLINT,
  TIMESTAMP,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Heartbeat, Kind, Measurement, Observation, Sighting } from '../model/observation.ts';

/** What stands for "unknown" in a column of small integers; the view shows NULL. */
const UNKNOWN = -32768;
const TWO_32 = 2 ** 32;

/** Rows of a batch on their way into a table: by their places in it, with the codes of whom they are about. */
export type Rows = {
  observations: Observation[];
  places: Uint32Array;
  /** by place: the codes of the table's two names */
  codes: [Uint32Array, Uint32Array];
  /** of all of them, or by place */
  positions: number | Float64Array;
};

type Items = { items: { [index: number]: number } & ArrayBufferView };
/** Writes rows `start` to `start + count` into the columns of a chunk. */
type Fill = (vectors: DuckDBVector[], rows: Rows, start: number, count: number) => void;

const itemsOf = (vector: DuckDBVector) => (vector as unknown as Items).items;

/** Microseconds as two halves of a 64-bit integer: eight times faster than a BigInt a cell. */
function halvesOf(vector: DuckDBVector): Uint32Array {
  const { buffer, byteOffset, byteLength } = itemsOf(vector);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function putWide(halves: Uint32Array, i: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  halves[2 * i] = value - high * TWO_32;
  halves[2 * i + 1] = high;
}

const scaled = (value: number | null, scale: number): number => (value === null ? UNKNOWN : Math.round(value * scale));

/** What all kinds have: when, received when, about whom, simulated, where in the river. */
function fillCommon(
  vectors: DuckDBVector[],
  { observations, places, codes, positions }: Rows,
  start: number,
  count: number,
) {
  const [time, received] = [halvesOf(vectors[0]!), halvesOf(vectors[1]!)];
  const [subject, about] = [itemsOf(vectors[2]!), itemsOf(vectors[3]!)];
  const [simulated, where] = [itemsOf(vectors.at(-2)!), halvesOf(vectors.at(-1)!)];
  for (let i = 0; i < count; i++) {
    const place = places[start + i]!;
    const observation = observations[place]!;
    putWide(time, i, observation.time * 1000);
    putWide(received, i, observation.received * 1000);
    subject[i] = codes[0][place]!;
    about[i] = codes[1][place]!;
    simulated[i] = observation.simulated ? 1 : 0;
    putWide(where, i, typeof positions === 'number' ? positions : positions[place]!);
  }
}

const fillSightings: Fill = (vectors, rows, start, count) => {
  const [rssi, temperature, claps, battery] = vectors.slice(4, 8).map(itemsOf);
  for (let i = 0; i < count; i++) {
    const sighting = rows.observations[rows.places[start + i]!] as Sighting;
    rssi![i] = sighting.rssi;
    temperature![i] = scaled(sighting.temperature, 100);
    claps![i] = scaled(sighting.claps, 1);
    battery![i] = scaled(sighting.battery, 1000);
  }
};

const fillMeasurements: Fill = (vectors, rows, start, count) => {
  const value = itemsOf(vectors[4]!);
  for (let i = 0; i < count; i++) value[i] = (rows.observations[rows.places[start + i]!] as Measurement).value;
};

const fillHeartbeats: Fill = (vectors, rows, start, count) => {
  for (let i = 0; i < count; i++)
    vectors[4]!.setItem(i, (rows.observations[rows.places[start + i]!] as Heartbeat).info);
};

/** A table: the two fields that say whose observation it is (kept as codes), and the columns of its own. */
export type Table = {
  names: [string, string];
  subject: (observation: Observation) => string;
  about: (observation: Observation) => string;
  own: DuckDBType[];
  fill: Fill;
};

export const TABLES: Record<Kind, Table> = {
  sighting: {
    names: ['gateway', 'badge'],
    subject: (observation) => (observation as Sighting).gateway,
    about: (observation) => (observation as Sighting).badge,
    own: [SMALLINT, SMALLINT, SMALLINT, SMALLINT],
    fill: fillSightings,
  },
  measurement: {
    names: ['sensor', 'quantity'],
    subject: (observation) => (observation as Measurement).sensor,
    about: (observation) => (observation as Measurement).quantity,
    own: [DOUBLE],
    fill: fillMeasurements,
  },
  heartbeat: {
    names: ['gateway', 'status'],
    subject: (observation) => (observation as Heartbeat).gateway,
    about: (observation) => (observation as Heartbeat).status,
    own: [VARCHAR],
    fill: fillHeartbeats,
  },
};
export const KINDS = Object.keys(TABLES) as Kind[];

/** Rows in a DuckDB chunk. */
const CHUNK = 2048;

/** The rows as chunks for an appender, in the columns of the table; `withPlaces` adds each row's place in its batch. */
export function* chunksOf(table: Table, rows: Rows, withPlaces: boolean): Generator<DuckDBDataChunk> {
  const types = [TIMESTAMP, TIMESTAMP, UINTEGER, UINTEGER, ...table.own, UTINYINT, BIGINT];
  for (let start = 0; start < rows.places.length; start += CHUNK) {
    const count = Math.min(CHUNK, rows.places.length - start);
    const chunk = DuckDBDataChunk.create(withPlaces ? [...types, UINTEGER] : types, count);
    const vectors = types.map((_, i) => chunk.getColumnVector(i));
    fillCommon(vectors, rows, start, count);
    table.fill(vectors, rows, start, count);
    if (withPlaces) {
      const ordinal = chunk.getColumnVector(types.length);
      (itemsOf(ordinal) as unknown as Uint32Array).set(rows.places.subarray(start, start + count));
      vectors.push(ordinal);
    }
    for (const vector of vectors) vector.flush();
    yield chunk;
  }
}

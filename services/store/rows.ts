import { type DuckDBDataChunk, type DuckDBResult, DuckDBTypeId, type DuckDBVector } from '@duckdb/node-api';

/** One row by column names: instants are UTC ms, whole numbers are numbers, text is text, NULL is null. */
export type Row = Record<string, unknown>;
/** Rows as the engine has them: columns of VARCHAR, DOUBLE, BIGINT, BOOLEAN and TIMESTAMP WITH TIME ZONE; or all of them as numbers. */
export type Typed = { chunks(): AsyncIterable<DuckDBDataChunk>; coded(): Promise<Coded> };
/** DOUBLE, BIGINT (an instant in ms, too), UTINYINT for BOOLEAN, and a UINTEGER for a text that is a place in `words`; where a column has too many, the text. */
export type Coded = { words: Map<string, string[]>; chunks: AsyncIterable<DuckDBDataChunk> };
type Cells = unknown[];
type Numbers = { items: ArrayLike<number>; validity: { data: BigUint64Array | null } };

/** Columns that hold codes of texts, and the texts by their codes. */
type Words = { columns: ReadonlySet<string>; list: readonly string[] };

/** Reads a DuckDB result as plain rows, a chunk at a time; a code of `words` is read as its text. */
export async function* rowsOf(result: DuckDBResult, words?: Words): AsyncGenerator<Row[]> {
  const names = result.columnNames();
  const make = rowMaker(names);
  for await (const chunk of chunksOf(result)) {
    const columns = names.map((name, i) => {
      const cells = cellsOf(chunk.getColumnVector(i), chunk.rowCount);
      return words?.columns.has(name) ? cells.map((code) => words.list[code as number] ?? null) : cells;
    });
    yield make(columns, chunk.rowCount);
  }
}

/** Reads a result whose columns are numbers of 32 bits at most, or DOUBLE, and never NULL: the columns as they lie in memory. */
export async function* numbersOf(result: DuckDBResult): AsyncGenerator<ArrayLike<number>[]> {
  const count = result.columnCount;
  for await (const chunk of chunksOf(result))
    yield Array.from({ length: count }, (_, i) => (chunk.getColumnVector(i) as unknown as Numbers).items);
}

/** A result a chunk at a time, as it lies in memory. */
export async function* chunksOf(result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  let next = result.fetchChunk();
  try {
    for (let chunk = await next; chunk && chunk.rowCount > 0; chunk = await next) {
      // The engine fills the next one while this one is looked at.
      next = result.fetchChunk();
      yield chunk;
    }
  } finally {
    // Nothing may be closed while it is being filled.
    await next.catch(() => undefined);
  }
}

/** All rows of a result have one hidden class: they are copies of one empty row. */
function rowMaker(names: readonly string[]): (columns: Cells[], count: number) => Row[] {
  const empty: Row = Object.fromEntries(names.map((name) => [name, null]));
  return (columns, count) => {
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) rows.push({ ...empty });
    names.forEach((name, c) => {
      const cells = columns[c]!;
      for (let i = 0; i < count; i++) rows[i]![name] = cells[i];
    });
    return rows;
  };
}

const SMALL = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
]);

function cellsOf(vector: DuckDBVector, count: number): Cells {
  const { typeId } = vector.type;
  if (typeId === DuckDBTypeId.TIMESTAMP || typeId === DuckDBTypeId.TIMESTAMP_TZ) return wide(vector, count, 1000);
  if (typeId === DuckDBTypeId.BIGINT) return wide(vector, count, 1);
  if (SMALL.has(typeId)) return narrow(vector, count);
  return Array.from({ length: count }, (_, i) => vector.getItem(i));
}

function narrow(vector: DuckDBVector, count: number): Cells {
  const { items } = vector as unknown as Numbers;
  const known = knownIn(vector);
  return Array.from({ length: count }, (_, i) => (known(i) ? items[i] : null));
}

/** 64-bit whole numbers from their halves: exact up to 2⁵³, and eight times faster than by BigInt. */
function wide(vector: DuckDBVector, count: number, per: number): Cells {
  const { items } = vector as unknown as { items: BigInt64Array };
  const low = new Uint32Array(items.buffer, items.byteOffset, 2 * count);
  const high = new Int32Array(items.buffer, items.byteOffset, 2 * count);
  const known = knownIn(vector);
  return Array.from({ length: count }, (_, i) => (known(i) ? (high[2 * i + 1]! * 2 ** 32 + low[2 * i]!) / per : null));
}

/** Numbers of a column as they lie in memory; what is unknown may be any. */
export const itemsOf = (vector: DuckDBVector, count: number) =>
  (vector as unknown as { items: Float64Array | BigInt64Array | Uint8Array | Uint32Array }).items.subarray(0, count);

/** A bit for each cell, least significant first, set where it is known; null: all are. */
export function validityOf(vector: DuckDBVector): Uint8Array | null {
  const { data } = (vector as unknown as Numbers).validity;
  return data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Which cells are not NULL, from the bits beside them. */
function knownIn(vector: DuckDBVector): (index: number) => boolean {
  const bytes = validityOf(vector);
  if (!bytes) return () => true;
  return (i) => (bytes[i >> 3]! & (1 << (i & 7))) !== 0;
}

import type { DuckDBVector } from '@duckdb/node-api';
import { Bool, type Data, Float64, Int64, makeData, TimestampMillisecond, Utf8 } from 'apache-arrow';
import type { Columns, ColumnType } from '../model/query.ts';
import { type Coded, itemsOf, validityOf } from '../store/rows.ts';
import { bits } from './bits.ts';

/** Rows of a batch at most: small ones are slow to write, and to read. */
const BATCH_ROWS = 65_536;

/** So many rows, and their columns. */
export type Batch = { length: number; children: Data[] };

/** Columns of the engine as batches of Arrow: numbers are copied as they lie, texts are looked up by their codes. */
export async function* batchesOf(columns: Columns, { words, chunks }: Coded): AsyncGenerator<Batch> {
  const gathering = Object.entries(columns).map(([name, type]) => gather(type, words.get(name)));
  let length = 0;
  const take = (): Batch => {
    const batch = { length, children: gathering.map((one) => one.take(length)) };
    length = 0;
    return batch;
  };
  for await (const chunk of chunks) {
    if (length + chunk.rowCount > BATCH_ROWS) yield take();
    for (const [i, one] of gathering.entries()) one.add(chunk.getColumnVector(i), length, chunk.rowCount);
    length += chunk.rowCount;
  }
  if (length > 0) yield take();
}

/** A column of the batch that is being filled: `add` puts cells of a chunk at a row, `take` is all rows so far, and begins anew. */
type Gathering = { add(vector: DuckDBVector, at: number, count: number): void; take(length: number): Data };

function gather(type: ColumnType, words: string[] | undefined): Gathering {
  if (type === 'number') {
    const data = new Float64Array(BATCH_ROWS);
    return numbers(data, (length, known) =>
      makeData({ type: new Float64(), data: data.subarray(0, length), ...known }),
    );
  }
  if (type === 'instant' || type === 'integer') {
    const data = new BigInt64Array(BATCH_ROWS);
    const made = (type === 'instant' ? new TimestampMillisecond('UTC') : new Int64()) as Int64;
    return numbers(data, (length, known) => makeData({ type: made, data: data.subarray(0, length), ...known }));
  }
  if (type === 'boolean') {
    const data = new Uint8Array(BATCH_ROWS);
    const isTrue = (one: number) => one === 1;
    return numbers(data, (length, known) =>
      makeData({ type: new Bool(), data: bits(data.subarray(0, length), isTrue), ...known }),
    );
  }
  return words ? codes(words) : texts();
}

type Numbers = Float64Array | BigInt64Array | Uint8Array | Uint32Array;
type Known = { length: number; nullCount: number; nullBitmap?: Uint8Array };

/** What is unknown is 0, since whatever lay there would leave with it. */
function numbers(data: Numbers, made: (length: number, known: Known) => Data): Gathering {
  const known = gatherKnown((from, until) => data.fill((typeof data[0] === 'bigint' ? 0n : 0) as never, from, until));
  return {
    add(vector, at, count) {
      data.set(itemsOf(vector, count) as never, at);
      known.add(vector, at, count);
    },
    take: (length) => made(length, known.take(length)),
  };
}

/** Which cells are known, and how many are not; `clear` is called for those. */
function gatherKnown(clear: (from: number, until: number) => void) {
  let bitmap: Uint8Array | null = null;
  let nullCount = 0;
  return {
    add(vector: DuckDBVector, at: number, count: number): void {
      const bytes = validityOf(vector);
      if (!bytes) return;
      bitmap ??= new Uint8Array(BATCH_ROWS / 8).fill(255);
      for (let i = 0; i < count; i++) {
        const byte = bytes[i >> 3]!;
        const isWhole = (i & 7) === 0 && ((at + i) & 7) === 0 && i + 8 <= count;
        if (isWhole && (byte === 255 || byte === 0)) {
          if (byte === 0) {
            bitmap[(at + i) >> 3] = 0;
            nullCount += 8;
            clear(at + i, at + i + 8);
          }
          i += 7;
        } else if ((byte & (1 << (i & 7))) === 0) {
          bitmap[(at + i) >> 3]! &= ~(1 << ((at + i) & 7));
          nullCount += 1;
          clear(at + i, at + i + 1);
        }
      }
    },
    take(length: number): Known {
      const taken = { length, nullCount, ...(bitmap && { nullBitmap: bitmap.subarray(0, Math.ceil(length / 8)) }) };
      [bitmap, nullCount] = [null, 0];
      return taken;
    },
  };
}

/** Texts by their places in a list, which are written out: a text is Utf8, however it was read. */
function codes(words: string[]): Gathering {
  const at = new Uint32Array(words.length + 1);
  const bytes = Buffer.from(words.join(''));
  for (const [i, word] of words.entries()) at[i + 1] = at[i]! + Buffer.byteLength(word);
  const data = new Uint32Array(BATCH_ROWS);
  // Like the numbers these are written to again by the next batch: memory that is new each time is what the collector runs for.
  const valueOffsets = new Int32Array(BATCH_ROWS + 1);
  let written = new Uint8Array(0);
  return numbers(data, (length, known) => {
    const isKnown = (i: number) => !known.nullBitmap || (known.nullBitmap[i >> 3]! & (1 << (i & 7))) !== 0;
    for (let i = 0; i < length; i++) {
      const code = data[i]!;
      valueOffsets[i + 1] = valueOffsets[i]! + (isKnown(i) ? at[code + 1]! - at[code]! : 0);
    }
    const size = valueOffsets[length]!;
    if (written.length < size) written = new Uint8Array(size + (size >> 3));
    for (let i = 0; i < length; i++) {
      const end = valueOffsets[i + 1]!;
      // Short texts: a call for each takes longer than its bytes.
      for (let to = valueOffsets[i]!, from = at[data[i]!]!; to < end; to++, from++) written[to] = bytes[from]!;
    }
    const lies = { data: written.subarray(0, size), valueOffsets: valueOffsets.subarray(0, length + 1) };
    return makeData({ type: new Utf8(), ...lies, ...known });
  });
}

function texts(): Gathering {
  const known = gatherKnown(() => undefined);
  let list: string[] = [];
  return {
    add(vector, at, count) {
      for (let i = 0; i < count; i++) list.push((vector.getItem(i) as string | null) ?? '');
      known.add(vector, at, count);
    },
    take(length) {
      const valueOffsets = new Int32Array(length + 1);
      for (const [i, text] of list.entries()) valueOffsets[i + 1] = valueOffsets[i]! + Buffer.byteLength(text);
      const data = Buffer.from(list.join(''));
      list = [];
      return makeData({ type: new Utf8(), data, valueOffsets, ...known.take(length) });
    },
  };
}

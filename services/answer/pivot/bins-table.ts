import { setImmediate as turn } from 'node:timers/promises';
import { BIGINT, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { type Bin, type Cut, NONE, type Sitting } from './times.ts';

const CHUNK = 2048;
/** Chunks after which others have their turn. */
const TURN = 4;
const MINUTE_MS = 60_000;
/** Values of a part of time that are told apart; of more it is enough to know that they are many. */
const VALUES_MAX = 1_000_000;

const SITTING = 'CREATE TEMP TABLE sitting (bin BIGINT, room VARCHAR, title BIGINT, session BIGINT)';

/** What is known of bins that were made: how wide a block is, ms, how many there are, and whether one may be of several bins; whether all begin with a minute; how many values each part of time has. */
export type Bins = { block: number; blocks: number; isBlockShared: boolean; isByMinute: boolean; values: number[] };

/** Fills the bins of so many parts of time: a row for each block of a bin, by which records find it. Flat in memory. Throws when `signal` aborts. */
export async function fillBins(
  connection: DuckDBConnection,
  cut: Cut,
  parts: number,
  signal?: AbortSignal,
): Promise<Bins> {
  const { bins, sittingsIn, block } = cut;
  const named = ['block', 'id', 'begins', 'ends', ...Array.from({ length: parts }, (_, i) => `v${i}`)];
  await connection.run(`CREATE TEMP TABLE bin (${named.map((name) => `${name} BIGINT`).join(', ')})`);
  if (sittingsIn) await connection.run(SITTING);
  const values = Array.from({ length: parts }, () => new Set<number>());
  const found: Bins = { block, blocks: 0, isBlockShared: false, isByMinute: true, values: [] };
  const sitting = sittingsIn && (await connection.createAppender('sitting', null, 'temp'));
  let isFirst = true;
  function* rows(): Generator<number[]> {
    for (const bin of bins) {
      // The first begins with the span.
      if (!isFirst && bin.from % block !== 0) found.isBlockShared = true;
      if (!isFirst && bin.from % MINUTE_MS !== 0) found.isByMinute = false;
      isFirst = false;
      for (const [i, key] of bin.keys.entries()) if (values[i]!.size < VALUES_MAX) values[i]!.add(key);
      for (const one of sittingsIn?.(bin) ?? []) append(sitting!, one);
      for (const row of blocksOf(bin, block)) {
        found.blocks += 1;
        yield row;
      }
    }
  }
  await fillNumbers(connection, 'bin', { rows: rows(), width: named.length }, signal);
  sitting?.closeSync();
  return { ...found, values: values.map(({ size }) => size) };
}

function* blocksOf({ from, until, keys }: Bin, block: number): Generator<number[]> {
  for (let at = Math.floor(from / block); at * block < until; at++) yield [at, from, from, until, ...keys];
}

function append(to: DuckDBAppender, { bin, room, title, session }: Sitting): void {
  to.appendBigInt(BigInt(bin));
  to.appendVarchar(room ?? '');
  to.appendBigInt(BigInt(title));
  to.appendBigInt(BigInt(session));
  to.endRow();
}

/** Rows of whole numbers, a chunk at a time; `NONE` is unknown, and NULL in the table. */
async function fillNumbers(
  connection: DuckDBConnection,
  table: string,
  { rows, width }: { rows: Iterable<number[]>; width: number },
  signal?: AbortSignal,
): Promise<void> {
  const types = Array.from({ length: width }, () => BIGINT);
  const appender = await connection.createAppender(table, null, 'temp');
  let [held, chunks]: [number[][], number] = [[], 0];
  const flush = () => {
    const chunk = DuckDBDataChunk.create(types, held.length);
    for (let column = 0; column < width; column++) fillColumn(chunk, column, held);
    appender.appendDataChunk(chunk);
    held = [];
  };
  for (const row of rows) {
    held.push(row);
    if (held.length < CHUNK) continue;
    flush();
    if (++chunks % TURN === 0) await turn();
    signal?.throwIfAborted();
  }
  if (held.length > 0) flush();
  appender.closeSync();
}

function fillColumn(chunk: DuckDBDataChunk, column: number, rows: number[][]): void {
  const vector = chunk.getColumnVector(column);
  const { items } = vector as unknown as { items: BigInt64Array };
  for (const [i, row] of rows.entries()) {
    const value = row[column] ?? NONE;
    if (value === NONE) vector.setItem(i, null);
    else items[i] = BigInt(value);
  }
  vector.flush();
}

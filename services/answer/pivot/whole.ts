import type { DuckDBConnection } from '@duckdb/node-api';
import type { Columns } from '../../model/query.ts';
import { type Coded, chunksOf, type Row, rowsOf, type Typed } from '../../store/rows.ts';
import { type Coding, codedAnswer } from './coded.ts';
import { namedIn, type Statement } from './statement.ts';

/**
 * All rows of a statement, however many: as a stream, as the engine has them, or written by the engine itself as a Parquet file.
 * Whichever is begun calls `end` when it is over; nothing is read before.
 */
export type Whole = { rows: AsyncIterable<Row[]>; typed: Typed; copy(file: string): Promise<number> };

/** @param coding how its texts become codes, where that is known of the question: else of the answer */
export function wholeOf(
  connection: DuckDBConnection,
  { text, values }: Statement,
  columns: Columns,
  end: () => void,
  coding: Coding = () => codedAnswer(connection, { text, values }, columns),
): Whole {
  const named = namedIn(text, values);
  const stream = () => connection.stream(text, named);
  return {
    rows: ending(async () => rowsOf(await stream()), end),
    typed: {
      chunks: () => ending(async () => chunksOf(await stream()), end),
      async coded(): Promise<Coded> {
        try {
          const { statement, words } = await coding();
          const read = () => connection.stream(statement.text, namedIn(statement.text, statement.values));
          return { words, chunks: ending(async () => chunksOf(await read()), end) };
        } catch (error) {
          end();
          throw error;
        }
      },
    },
    async copy(file) {
      try {
        const written = await connection.runAndReadAll(`COPY (${text}) TO $file (FORMAT parquet)`, { ...named, file });
        return Number(written.getRows()[0]![0]);
      } finally {
        end();
      }
    },
  };
}

async function* ending<T>(begin: () => Promise<AsyncIterable<T>>, end: () => void): AsyncGenerator<T> {
  try {
    yield* await begin();
  } finally {
    end();
  }
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { type Row, rowsOf } from '../../store/rows.ts';
import { namedIn, type Statement } from './statement.ts';

/**
 * All rows of a statement, however many: as a stream, or written by the engine itself as a Parquet file, which is far faster.
 * Whichever is begun calls `end` when it is over; nothing is read before.
 */
export type Whole = { rows: AsyncIterable<Row[]>; copy(file: string): Promise<number> };

export function wholeOf(connection: DuckDBConnection, { text, values }: Statement, end: () => void): Whole {
  const named = namedIn(text, values);
  return {
    rows: (async function* () {
      try {
        yield* rowsOf(await connection.stream(text, named));
      } finally {
        end();
      }
    })(),
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

import type { DuckDBConnection } from '@duckdb/node-api';
import type { Columns, ColumnType } from '../../model/query.ts';
import { type Coded, chunksOf, type Row, rowsOf, type Typed } from '../../store/rows.ts';
import { namedIn, type Statement } from './statement.ts';

/** Different texts of a column that are told once and then by their codes, at most: they are held in memory. */
const WORDS_MAX = 100_000;

/**
 * All rows of a statement, however many: as a stream, as the engine has them, or written by the engine itself as a Parquet file.
 * Whichever is begun calls `end` when it is over; nothing is read before.
 */
export type Whole = { rows: AsyncIterable<Row[]>; typed: Typed; copy(file: string): Promise<number> };

export function wholeOf(
  connection: DuckDBConnection,
  { text, values }: Statement,
  columns: Columns,
  end: () => void,
): Whole {
  const named = namedIn(text, values);
  const stream = () => connection.stream(text, named);
  return {
    rows: ending(async () => rowsOf(await stream()), end),
    typed: {
      chunks: () => ending(async () => chunksOf(await stream()), end),
      async coded() {
        try {
          await connection.run(`CREATE TEMP TABLE answered AS ${text}`, named);
          const { shown, words } = await codes(connection, columns);
          const coded = `SELECT ${shown.join(', ')} FROM answered`;
          return { words, chunks: ending(async () => chunksOf(await connection.stream(coded)), end) };
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

/** How the columns of the table `answered` are read as numbers: texts are codes of an ENUM, if there are not too many. */
async function codes(
  connection: DuckDBConnection,
  columns: Columns,
): Promise<{ shown: string[] } & Pick<Coded, 'words'>> {
  const texts = Object.keys(columns).filter((name) => columns[name] === 'text' || columns[name] === 'json');
  const words: Coded['words'] = new Map();
  const shown: Record<string, string> = {};
  for (const [i, name] of texts.entries()) {
    await connection.run(
      `CREATE TEMP TYPE words${i} AS ENUM (SELECT DISTINCT "${name}" FROM answered WHERE "${name}" IS NOT NULL LIMIT ${WORDS_MAX + 1})`,
    );
    const listed = await connection.runAndReadAll(`SELECT unnest(enum_range(NULL::words${i}))::VARCHAR`);
    if (listed.currentRowCount > WORDS_MAX) continue;
    words.set(
      name,
      listed.getRows().map(([word]) => word as string),
    );
    shown[name] = `enum_code("${name}"::words${i})::UINTEGER AS "${name}"`;
  }
  const own = (name: string) => `"${name}"`;
  const other: Record<ColumnType, (name: string) => string> = {
    ...{ number: own, integer: own, text: own, json: own },
    instant: (name) => `epoch_ms("${name}")`,
    boolean: (name) => `"${name}"::UTINYINT`,
  };
  return {
    shown: Object.entries(columns).map(([name, type]) => shown[name] ?? `${other[type](name)} AS "${name}"`),
    words,
  };
}

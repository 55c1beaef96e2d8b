import type { DuckDBConnection } from '@duckdb/node-api';
import type { PivotQuery } from '../../model/pivot.ts';
import type { Columns } from '../../model/query.ts';
import type { Span, Venue } from '../../model/venue.ts';
import type { Database } from '../../store/database.ts';
import { type Row, rowsOf } from '../../store/rows.ts';
import { sql } from '../../store/sql.ts';
import { Refused } from '../refused.ts';
import { observations } from './observations.ts';
import { type Plan, planOf } from './plan.ts';
import type { Source } from './source.ts';
import { cellsStatement, type Statement, shownStatement } from './statement.ts';
import { fillBins, fillVenue } from './tables.ts';
import { cut } from './times.ts';
import { resolveWhen, resolveZone } from './when.ts';

/** Cells and totals of an answer at most, if a question does not say fewer. */
export const CELLS_MAX = 200_000;

/** What a question about cells needs: tables, the venue, and what time it is (UTC ms). */
export type Asked = {
  tables: (span: Span) => Promise<Pick<Database, 'connect' | 'close'>>;
  venue: Venue;
  now: number;
  signal?: AbortSignal | undefined;
};

/** Cells and totals, how many they are, of how many records, and from what these were read. */
export type Pivoted = {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  count: number;
  read: number;
  readFrom: string;
  span: Span;
};

/** Cells and totals, each from its own records. Throws `Refused` with every fault of the question. */
export async function pivot(query: PivotQuery, asked: Asked): Promise<Pivoted> {
  const { venue, signal } = asked;
  const source = sourceOf(query);
  const plan = planOf(query, source, venue);
  const span = resolveWhen(query.span, venue, asked.now);
  const zone = resolveZone(query.zone, venue);
  const opened = await asked.tables(span);
  const connection = await opened.connect();
  const stop = () => connection.interrupt();
  const end = () => {
    signal?.removeEventListener('abort', stop);
    connection.closeSync();
    opened.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    await prepare(connection, plan, span, venue, zone);
    const hasTotals = query.totals !== false;
    await run(connection, cellsStatement(plan, source, hasTotals));
    const { cells, read } = await sizeOf(connection, hasTotals);
    const limit = query.limit ?? CELLS_MAX;
    if (cells > limit)
      throw new Refused([{ pointer: '/limit', expected: `${limit} cells and totals at most`, found: String(cells) }]);
    const shown = shownStatement(plan, hasTotals);
    const result = await connection.stream(shown.text, namedIn(shown.text, shown.values));
    const rows = ending(rowsOf(result), end);
    return { columns: plan.shape, rows, count: cells, read, readFrom: source.readFrom, span };
  } catch (error) {
    end();
    throw error;
  }
}

function sourceOf({ dataset }: PivotQuery): Source {
  if (dataset === 'observations') return observations;
  throw new Refused([{ pointer: '/dataset', expected: 'observations', found: dataset }]);
}

/** Fills what the statement joins: the venue, and the bins of the parts of time. */
async function prepare(
  connection: DuckDBConnection,
  plan: Plan,
  span: Span,
  venue: Venue,
  zone: string,
): Promise<void> {
  await fillVenue(connection, venue);
  Object.assign(plan.values, {
    from: BigInt(span.from) * 1000n,
    until: BigInt(span.until) * 1000n,
    usual: venue.file.badges?.default ?? '',
  });
  if (plan.timed.length === 0) return;
  const bins = cut(await extentIn(connection, span), plan.timed, venue, zone);
  plan.values.block = BigInt(bins.block);
  await fillBins(connection, bins);
}

/** What of a span there is anything in: so that bins are made for no more. */
async function extentIn(connection: DuckDBConnection, { from, until }: Span): Promise<Span> {
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'extent')))) {
    const [first, last] = [rows[0]?.first, rows[0]?.last];
    if (typeof first !== 'number' || typeof last !== 'number') break;
    const found = { from: Math.max(from, Math.floor(first)), until: Math.min(until, Math.floor(last) + 1) };
    if (found.from < found.until) return found;
  }
  return { from, until: from + 1 };
}

/** Rows of the answer, and the records of the total of everything: no cell has more. */
async function sizeOf(connection: DuckDBConnection, hasTotals: boolean): Promise<{ cells: number; read: number }> {
  const counted = hasTotals ? 'count(*)' : 'count(*) FILTER (totalled = 0)';
  const found = await connection.runAndReadAll(`SELECT ${counted}, max(records) FROM cell`);
  const [cells, read] = found.getRows()[0]!.map(Number);
  return { cells: cells!, read: read! };
}

/** Values that a statement does not name are an error of DuckDB's. */
const run = (connection: DuckDBConnection, { text, values }: Statement) => connection.run(text, namedIn(text, values));

function namedIn(text: string, values: Statement['values']): Statement['values'] {
  const named = new Set([...text.matchAll(/\$([a-z]+\d*)/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => named.has(name)));
}

async function* ending(rows: AsyncIterable<Row[]>, end: () => void): AsyncGenerator<Row[]> {
  try {
    yield* rows;
  } finally {
    end();
  }
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { PivotQuery } from '../../model/pivot.ts';
import { type Columns, isNumeric } from '../../model/query.ts';
import type { Row, Typed } from '../../store/rows.ts';
import { lastingStatement, piecesStatement } from './lasting.ts';
import { isByMinute, piecesOf } from './pieces.ts';
import { planOf } from './plan.ts';
import { refuseLarge, sizeOf, sizeOfFine, tooMany } from './preflight.ts';
import { presences } from './presences.ts';
import { cellsStatement, keysOf, run, shownStatement, totalledAt } from './statement.ts';
import { TooFine } from './times.ts';
import { watermarkOf } from './watermark.ts';
import { type Whole, wholeOf } from './whole.ts';
import { type Asked, type Opened, prepare, sourceOf, type Work, working } from './work.ts';

/** Cells and totals, how many they are, of how many records, and from what these were read. */
export type Pivoted = Omit<Opened, 'connect' | 'close'> & {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  typed: Typed;
  count: number;
  read: number;
  whole?: WholePivot;
};

/** What an answer that is asked for whole has besides: the measures of everything, up to when there was anything, and how it is written to a file. */
export type WholePivot = Pick<Whole, 'copy'> & { total: Record<string, number | null>; watermark: number | null };

/** Cells and totals, each from its own records. Throws `Refused` with every fault of the question. */
export async function pivot(query: PivotQuery, asked: Asked): Promise<Pivoted> {
  const source = sourceOf(query);
  const plan = planOf(query, source, asked.venue);
  return working(query, source, plan, asked, async (work, end) => {
    const { connection, opened } = work;
    const readFrom = await makeCells(work);
    const { cells, read } = await countIn(connection, query.totals !== false);
    const size = sizeOf(work, cells);
    if (size.cells > size.limit) throw await tooMany(work, size);
    const shown = shownStatement(plan, query.totals !== false);
    const { span, revisions } = opened;
    const { copy, ...all } = wholeOf(connection, shown, plan.shape, end);
    const said = { ...all, columns: plan.shape, count: cells, read, readFrom, span, ...(revisions && { revisions }) };
    if (!asked.isWhole) return said;
    return { ...said, whole: { copy, total: await totalIn(work), watermark: await watermarkOf(work) } };
  });
}

/** Makes the table `cell`; returns from what it was read. */
async function makeCells(work: Work): Promise<string> {
  const { query, plan, source, connection, opened } = work;
  const hasTotals = query.totals !== false;
  const pieces = piecesOf(work);
  const bins = await prepared(work);
  const alike = await refuseLarge(work, bins);
  if (query.dataset === 'observations' || query.dataset === 'anomalies') {
    await run(connection, cellsStatement(plan, source, hasTotals, alike));
    return opened.readFrom;
  }
  const isWhole = isByMinute(work, bins);
  if (query.dataset === 'presences') await run(connection, piecesStatement(plan, source));
  if (pieces)
    await run(connection, piecesStatement({ ...pieces, values: { ...plan.values, ...pieces.values } }, presences));
  await run(connection, lastingStatement(plan, source, hasTotals, isWhole));
  return pieces ? `${opened.readFrom}, presences` : opened.readFrom;
}

async function prepared(work: Work) {
  try {
    return await prepare(work);
  } catch (error) {
    if (error instanceof TooFine && Number.isFinite(work.limit)) throw await tooMany(work, sizeOfFine(work, error));
    throw error;
  }
}

/** Rows of the answer, and the records of the total of everything: no cell has more. */
async function countIn(connection: DuckDBConnection, hasTotals: boolean): Promise<{ cells: number; read: number }> {
  const counted = hasTotals ? 'count(*)' : 'count(*) FILTER (totalled = 0)';
  const found = await connection.runAndReadAll(`SELECT ${counted}, max(records) FROM cell`);
  const [cells, read] = found.getRows()[0]!.map(Number);
  return { cells: cells!, read: read! };
}

/** The measures of everything that are numbers; a share is of itself. */
async function totalIn({ connection, plan }: Work): Promise<WholePivot['total']> {
  const count = keysOf(plan).length;
  const found = await connection.runAndReadAll(
    `SELECT ${plan.measures.map((_, i) => `m${i}`).join(', ')} FROM cell WHERE totalled = ${totalledAt([], count)}`,
  );
  const values = found.getRows()[0] ?? [];
  const numbers = plan.measures.flatMap(({ name, type, share }, i) =>
    isNumeric(type) && !share ? [[name, values[i] == null ? null : Number(values[i])] as const] : [],
  );
  return Object.fromEntries(numbers);
}

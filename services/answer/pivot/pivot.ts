import type { DuckDBConnection } from '@duckdb/node-api';
import type { PivotQuery } from '../../model/pivot.ts';
import type { Columns } from '../../model/query.ts';
import type { Span, Venue } from '../../model/venue.ts';
import type { Database } from '../../store/database.ts';
import { type Row, rowsOf } from '../../store/rows.ts';
import { sql } from '../../store/sql.ts';
import { Refused } from '../refused.ts';
import type { Asked as Revision } from '../revisions.ts';
import type { OpenDerived } from './derived.ts';
import { frames } from './frames.ts';
import { lastingStatement, minutesStatement, piecesStatement } from './lasting.ts';
import { observations } from './observations.ts';
import { type Plan, planOf } from './plan.ts';
import { presences } from './presences.ts';
import type { Source } from './source.ts';
import { cellsStatement, type Statement, shownStatement } from './statement.ts';
import { fillBins, fillVenue } from './tables.ts';
import { type Bins, cut } from './times.ts';
import { resolveWhen, resolveZone } from './when.ts';

/** Cells and totals of an answer at most, if a question does not say fewer. */
export const CELLS_MAX = 200_000;
const MINUTE_MS = 60_000;

/** What a question about cells needs: tables, the venue, and what time it is (UTC ms). */
export type Asked = {
  tables: (span: Span) => Promise<Pick<Database, 'connect' | 'close'>>;
  derived: OpenDerived;
  venue: Venue;
  now: number;
  signal?: AbortSignal | undefined;
};

/** Tables that are open for a question, and what of its span they have. */
export type Opened = Pick<Database, 'connect' | 'close'> & {
  span: Span;
  revisions?: { day: string; revision: number }[];
  readFrom: string;
};

/** Cells and totals, how many they are, of how many records, and from what these were read. */
export type Pivoted = Omit<Opened, 'connect' | 'close'> & {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  count: number;
  read: number;
};

/** A question in hand: what it means, on a connection of its own that ends with it. */
export type Work = {
  query: PivotQuery;
  plan: Plan;
  source: Source;
  connection: DuckDBConnection;
  venue: Venue;
  zone: string;
  opened: Opened;
};

export const SOURCES: Partial<Record<PivotQuery['dataset'], Source>> = { observations, presences, frames };

/** Cells and totals, each from its own records. Throws `Refused` with every fault of the question. */
export async function pivot(query: PivotQuery, asked: Asked): Promise<Pivoted> {
  const source = sourceOf(query);
  const plan = planOf(query, source, asked.venue);
  return working(query, source, plan, asked, async (work, end) => {
    const { connection, opened } = work;
    const readFrom = await makeCells(work);
    const { cells, read } = await sizeOf(connection, query.totals !== false);
    refuseMany(cells, query);
    const shown = shownStatement(plan, query.totals !== false);
    const result = await connection.stream(shown.text, namedIn(shown.text, shown.values));
    const rows = ending(rowsOf(result), end);
    const { span, revisions } = opened;
    return { columns: plan.shape, rows, count: cells, read, readFrom, span, ...(revisions && { revisions }) };
  });
}

/** Opens what a question needs; `end` is called once, by whoever reads the last row, or here if it fails. */
export async function working<T>(
  query: PivotQuery,
  source: Source,
  plan: Plan,
  asked: Asked,
  act: (work: Work, end: () => void) => Promise<T>,
): Promise<T> {
  const { venue, signal } = asked;
  const zone = resolveZone(query.zone, venue);
  const opened = await open(query, source, asked);
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
    return await act({ query, plan, source, connection, venue, zone, opened }, end);
  } catch (error) {
    end();
    throw error;
  }
}

export function sourceOf({ dataset }: PivotQuery): Source {
  const source = SOURCES[dataset];
  if (!source)
    throw new Refused([{ pointer: '/dataset', expected: Object.keys(SOURCES).join(' or '), found: dataset }]);
  return source;
}

/** Opens the tables of a dataset with what the span of a question has. */
async function open(
  query: PivotQuery,
  source: Source,
  { tables, derived, venue, now, signal }: Asked,
): Promise<Opened> {
  const span = resolveWhen(query.span, venue, now);
  const { readFrom } = source;
  if (query.dataset === 'observations') return { ...(await tables(span)), span, readFrom };
  const { readFrom: where, ...found } = await derived(span, revisionOf(query), signal);
  const isSeen = where.includes('as-seen record');
  return { ...found, readFrom: isSeen ? `${readFrom} (today: as-seen record)` : readFrom };
}

const revisionOf = ({ revision = 'latest' }: PivotQuery): Revision =>
  revision === 'latest' || revision === 'as-seen' ? revision : Number(revision);

function refuseMany(cells: number, { limit = CELLS_MAX }: PivotQuery): void {
  if (cells > limit)
    throw new Refused([{ pointer: '/limit', expected: `${limit} cells and totals at most`, found: String(cells) }]);
}

/** Makes the table `cell`; returns from what it was read. */
async function makeCells(work: Work): Promise<string> {
  const { query, plan, source, connection, opened } = work;
  const hasTotals = query.totals !== false;
  const pieces = query.dataset === 'frames' ? piecesOf(work) : null;
  const bins = await prepare(work);
  if (query.dataset === 'observations') {
    await run(connection, cellsStatement(plan, source, hasTotals));
    return opened.readFrom;
  }
  const isWhole = bins === null || bins.bins.every(({ from }, i) => i === 0 || from % MINUTE_MS === 0);
  if (query.dataset === 'frames' && !isWhole) refuseSeconds(plan);
  if (query.dataset === 'frames') await run(connection, minutesStatement(plan, source));
  if (query.dataset === 'presences') await run(connection, piecesStatement(plan, source));
  if (pieces)
    await run(connection, piecesStatement({ ...pieces, values: { ...plan.values, ...pieces.values } }, presences));
  const text = lastingStatement(plan, query.dataset === 'frames', hasTotals, isWhole);
  await run(connection, { text, values: plan.values });
  return pieces ? `${opened.readFrom}, presences` : opened.readFrom;
}

/** The presences beside minutes, where a measure is of them: by the same keys, of the same rooms and times. */
function piecesOf({ query, plan, venue }: Work): Plan | null {
  const isNeeded = plan.measures.some(({ parts }) => parts.some((part) => part !== 'ground'));
  if (!isNeeded) return null;
  return planOf({ ...query, measures: ['visitors'] }, presences, venue, plan.timed);
}

/** A minute row is in one bin. */
function refuseSeconds({ timed }: Plan): void {
  const at = timed.find(({ width }) => width % MINUTE_MS !== 0);
  if (at)
    throw new Refused([
      {
        pointer: '/rows',
        expected: 'steps of whole minutes: frames are kept by minute',
        found: `${at.part}:${at.width / 1000}s`,
      },
    ]);
}

/** Fills what the statement joins: the venue, and the bins of the parts of time. */
export async function prepare({ connection, plan, source, venue, zone, opened }: Work): Promise<Bins | null> {
  const { span } = opened;
  await fillVenue(connection, venue);
  Object.assign(plan.values, {
    from: BigInt(span.from) * 1000n,
    until: BigInt(span.until) * 1000n,
    usual: venue.file.badges?.default ?? 'none',
  });
  if (plan.timed.length === 0) return null;
  const extent = source === observations ? await extentIn(connection, span) : span;
  const bins = cut({ from: extent.from, until: Math.max(extent.until, extent.from + 1) }, plan.timed, venue, zone);
  plan.values.block = BigInt(bins.block);
  await fillBins(connection, bins);
  return bins;
}

/** What of a span there is anything in: so that bins are made for no more. */
async function extentIn(connection: DuckDBConnection, { from, until }: Span): Promise<Span> {
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'extent')))) {
    const [first, last] = [rows[0]?.first, rows[0]?.last];
    if (typeof first !== 'number' || typeof last !== 'number') break;
    const found = { from: Math.max(from, Math.floor(first)), until: Math.min(until, Math.floor(last) + 1) };
    if (found.from < found.until) return found;
  }
  return { from, until: from };
}

/** Rows of the answer, and the records of the total of everything: no cell has more. */
async function sizeOf(connection: DuckDBConnection, hasTotals: boolean): Promise<{ cells: number; read: number }> {
  const counted = hasTotals ? 'count(*)' : 'count(*) FILTER (totalled = 0)';
  const found = await connection.runAndReadAll(`SELECT ${counted}, max(records) FROM cell`);
  const [cells, read] = found.getRows()[0]!.map(Number);
  return { cells: cells!, read: read! };
}

/** Values that a statement does not name are an error of DuckDB's. */
export const run = (connection: DuckDBConnection, { text, values }: Statement) =>
  connection.run(text, namedIn(text, values));

export function namedIn(text: string, values: Statement['values']): Statement['values'] {
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

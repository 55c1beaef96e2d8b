import type { DuckDBConnection } from '@duckdb/node-api';
import type { PivotQuery } from '../../model/pivot.ts';
import type { Span, Venue } from '../../model/venue.ts';
import type { Database } from '../../store/database.ts';
import { rowsOf } from '../../store/rows.ts';
import { anomalyTable } from '../anomalies.ts';
import { BINS_MAX, BINS_WHOLE_MAX } from '../bins.ts';
import type { Asked as Revision } from '../revisions.ts';
import { anomalies } from './anomalies.ts';
import { type Bins, fillBins } from './bins-table.ts';
import type { OpenDerived } from './derived.ts';
import { frames } from './frames.ts';
import { observations } from './observations.ts';
import type { Plan } from './plan.ts';
import { presences } from './presences.ts';
import type { Source } from './source.ts';
import { keysOf, neededBy } from './statement.ts';
import { fillVenue } from './tables.ts';
import { cut } from './times.ts';
import { resolveWhen, resolveZone } from './when.ts';

/** What a question about cells needs: tables, the venue, and what time it is (UTC ms). */
export type Asked = {
  tables: (span: Span) => Promise<Pick<Database, 'connect' | 'close'>>;
  derived: OpenDerived;
  /** where derived files lie; null: there are none */
  house: string | null;
  venue: Venue;
  now: number;
  signal?: AbortSignal | undefined;
  /** whoever asks may read badges: sentences of anomalies name them */
  isNamed?: boolean;
  /** all of the answer is wanted, however many cells it has */
  isWhole?: boolean;
};

/** Tables that are open for a question, and what of its span they have. */
export type Opened = Pick<Database, 'connect' | 'close'> & {
  span: Span;
  revisions?: { dataset?: string; day: string; revision: number }[];
  readFrom: string;
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
  signal: AbortSignal | undefined;
  /** cells that the answer may have at most */
  limit: number;
};

/** Cells and totals of an answer at most, if a question does not say fewer; what is written to a file has no such bound. */
const CELLS_MAX = 200_000;

const limitOf = ({ limit }: PivotQuery, isWhole: boolean): number =>
  limit ?? (isWhole ? Number.POSITIVE_INFINITY : CELLS_MAX);

/** How often a question that nobody waits for is interrupted, ms, and how many times at most. */
const INTERRUPT_MS = 10;
const INTERRUPTS_MAX = 3000;

export const SOURCES: Record<PivotQuery['dataset'], Source> = { observations, presences, frames, anomalies };

/** Opens what a question needs; `end` is called once, by whoever reads the last row, or here if it fails. */
export async function working<T>(
  query: PivotQuery,
  source: Source,
  plan: Plan,
  asked: Asked,
  act: (work: Work, end: () => void) => Promise<T>,
): Promise<T> {
  const { venue, signal, isWhole = false } = asked;
  const zone = resolveZone(query.zone, venue);
  const opened = await open(query, source, asked);
  const { connection, close } = await connect(opened, signal);
  const end = () => {
    close();
    opened.close();
  };
  try {
    signal?.throwIfAborted();
    return await act(
      { query, plan, source, connection, venue, zone, opened, signal, limit: limitOf(query, isWhole) },
      end,
    );
  } catch (error) {
    end();
    throw error;
  }
}

/** A connection that is interrupted when `signal` aborts. */
async function connect(opened: Pick<Opened, 'connect'>, signal: AbortSignal | undefined) {
  const connection = await opened.connect();
  let again: ReturnType<typeof setInterval>;
  // An interrupt between two statements does nothing, so it is repeated until the connection is closed, or nobody closes it.
  const stop = () => {
    let left = INTERRUPTS_MAX;
    connection.interrupt();
    again = setInterval(() => (left-- > 0 ? connection.interrupt() : clearInterval(again)), INTERRUPT_MS);
  };
  signal?.addEventListener('abort', stop);
  const close = () => {
    signal?.removeEventListener('abort', stop);
    clearInterval(again);
    connection.closeSync();
  };
  return { connection, close };
}

/** Another connection to the same tables, for as long as `act` takes. */
export async function connected<T>(
  opened: Pick<Opened, 'connect'>,
  signal: AbortSignal | undefined,
  act: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await connect(opened, signal);
  try {
    return await act(connection);
  } finally {
    close();
  }
}

export const sourceOf = ({ dataset }: PivotQuery): Source => SOURCES[dataset];

/** Opens the tables of a dataset with what the span of a question has. */
async function open(
  query: PivotQuery,
  source: Source,
  { tables, derived, house, venue, now, signal, isNamed = false }: Asked,
): Promise<Opened> {
  const span = resolveWhen(query.span, venue, now);
  const { readFrom } = source;
  if (query.dataset === 'observations') return { ...(await tables(span)), span, readFrom };
  if (query.dataset === 'anomalies') {
    const { memory, parts } = await anomalyTable(house, span, isNamed);
    return { connect: memory.connect, close: memory.close, revisions: parts, span, readFrom };
  }
  const { readFrom: where, ...found } = await derived(span, revisionOf(query), signal);
  const isSeen = where.includes('as-seen record');
  return { ...found, readFrom: isSeen ? `${readFrom} (today: as-seen record)` : readFrom };
}

export const revisionOf = ({ revision = 'latest' }: PivotQuery): Revision =>
  revision === 'latest' || revision === 'as-seen' ? revision : Number(revision);

/** Fills what the statement joins: what the venue says, and the bins of the parts of time. */
export async function prepare(work: Work): Promise<Bins | null> {
  const { connection, plan, source, venue, zone, opened, limit, signal } = work;
  const wanted = neededBy(plan, source);
  for (const { words } of [...keysOf(plan), ...plan.texts]) if (words !== null) wanted.add(words);
  const isTimed = plan.timed.length > 0;
  const isOfExtent = source.extent !== undefined && (isTimed || wanted.size > 0);
  const span = isOfExtent ? await extentIn(connection, source.extent!, opened.span) : opened.span;
  plan.steady = await fillVenue(connection, venue, wanted, span);
  Object.assign(plan.values, {
    // What comes meanwhile is none of it.
    from: BigInt(span.from) * 1000n,
    until: BigInt(span.until) * 1000n,
    usual: venue.file.badges?.default ?? 'none',
  });
  if (!isTimed) return null;
  const max = Number.isFinite(limit) ? BINS_MAX : BINS_WHOLE_MAX;
  const asked = cut({ ...span, until: Math.max(span.until, span.from + 1) }, plan.timed, venue, zone, max);
  const bins = await fillBins(connection, asked, plan.timed.length, signal);
  plan.values.block = BigInt(bins.block);
  plan.isBlockShared = bins.isBlockShared;
  return bins;
}

/** What of a span there is anything in: so that bins are made for no more. */
async function extentIn(connection: DuckDBConnection, extent: string, { from, until }: Span): Promise<Span> {
  for await (const rows of rowsOf(await connection.stream(extent))) {
    const [first, last] = [rows[0]?.first, rows[0]?.last];
    if (typeof first !== 'number' || typeof last !== 'number') break;
    const found = { from: Math.max(from, Math.floor(first)), until: Math.min(until, Math.floor(last) + 1) };
    if (found.from < found.until) return found;
  }
  return { from, until: from + 1 };
}

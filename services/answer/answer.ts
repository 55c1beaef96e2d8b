import { type Columns, type Meta, type Query, ROWS, ROWS_MAX, type Viewer } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import type { Database } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row } from '../store/rows.ts';
import { writeCursor } from './cursor.ts';
import { GATEWAY_COLUMNS, SHAPES, VENUE_COLUMNS } from './datasets.ts';
import { gatewayRows } from './gateways.ts';
import { marked } from './marks.ts';
import { Refused } from './refused.ts';
import { all, run } from './run.ts';
import { select } from './select.ts';

/** How long after its end a span is due; what comes later makes a new revision. */
export const DUE_MS = 15 * 60_000;

/** What a question gets: rows by columns, where they came from, and where the next page begins. */
export type Answer = { columns: Columns; rows: AsyncIterable<Row[]>; meta: Meta; next: string | null };

export type Ask = (query: Query, viewer: Viewer, signal?: AbortSignal) => Promise<Answer>;

/** What `answer` needs: the tables, the venue as it is now, and a clock (UTC ms). */
export type Tables = { database: Database; record: AsSeen; venue: () => Venue; now?: () => number };

/**
 * The only door to what is stored. Throws `Refused` with every fault of the question. A query ends when `signal`
 * aborts. A limit of null streams all rows; others are held, at most `ROWS_MAX`.
 */
export function createAnswer({ database, venue, now = Date.now }: Tables): Ask {
  return async (query, viewer, signal) => {
    if (viewer.scope !== 'admin' && viewer.scope !== 'system') throw new Error(`no scope ${viewer.scope}`);
    const began = performance.now();
    const meta = (rows: number | null, readFrom: string): Meta => ({
      dataset: query.dataset,
      revision: [],
      asSeen: false,
      settled: (query.span?.until ?? Number.POSITIVE_INFINITY) + DUE_MS <= now(),
      venue: venue().version,
      rows,
      ms: Math.round((performance.now() - began) * 10) / 10,
      readFrom,
    });
    if (query.dataset === 'gateways') {
      const rows = await gatewayRows(database, venue(), query.span ?? {}, signal);
      return { columns: GATEWAY_COLUMNS, rows: once(rows), meta: meta(rows.length, 'observations'), next: null };
    }
    if (query.dataset === 'venue') {
      const { version, zone, file } = venue();
      const rows = [{ version, name: file.name ?? null, zone, venue: file }];
      return { columns: VENUE_COLUMNS, rows: once(rows), meta: meta(1, 'venue'), next: null };
    }
    const shape = SHAPES[query.dataset];
    const limit = query.limit === undefined ? ROWS : query.limit;
    if (limit !== null && !(limit >= 1 && limit <= ROWS_MAX))
      throw new Refused([{ pointer: '/limit', expected: `1 to ${ROWS_MAX}, or all`, found: String(limit) }]);
    const statement = select(shape, { ...query, limit });
    const stream = marked(run(database, statement, signal), query.dataset, venue());
    if (limit === null) return { columns: shape.columns, rows: stream, meta: meta(null, shape.readFrom), next: null };
    const rows = await all(stream);
    const more = rows.length > limit;
    if (more) rows.length = limit;
    const next = more ? writeCursor(statement.sort, statement.key, rows.at(-1)!) : null;
    return { columns: shape.columns, rows: once(rows), meta: meta(rows.length, shape.readFrom), next };
  };
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

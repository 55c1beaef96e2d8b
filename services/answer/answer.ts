import type { Columns, Dataset, Meta, Query, Viewer } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import type { Database } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row } from '../store/rows.ts';
import { GATEWAY_COLUMNS, SHAPES, VENUE_COLUMNS } from './datasets.ts';
import { DAY_COLUMNS, dayRows } from './days.ts';
import { FRAME_COLUMNS, framesSeen } from './frames.ts';
import { gatewayRows } from './gateways.ts';
import { HEATMAP_COLUMNS, heatmapRows } from './heatmap.ts';
import { marked } from './marks.ts';
import { type Page, page } from './page.ts';
import { presenceTable } from './presences.ts';
import { type Ended, spanSeen } from './span.ts';
import { TILE_COLUMNS, tileRows } from './tiles.ts';

/** How long after its end a span is due; what comes later makes a new revision. */
export const DUE_MS = 15 * 60_000;

/** What a question gets: rows by columns, where they came from, and where the next page begins. */
export type Answer = { columns: Columns; rows: AsyncIterable<Row[]>; meta: Meta; next: string | null };

export type Ask = (query: Query, viewer: Viewer, signal?: AbortSignal) => Promise<Answer>;

/** What `answer` needs: tables for a question, what was shown, the venue as it is now, and a clock (UTC ms). */
export type Tables = {
  tables: (query: Query) => Promise<Pick<Database, 'connect' | 'close'> & { from?: number }>;
  record: AsSeen;
  venue: () => Venue;
  now?: () => number;
};

/** Rows of a dataset and from what they were read; of what is seen the days of the record, and the span that there is. */
type Found = Page & { columns: Columns; readFrom: string; days?: string[]; span?: Ended };
type Find = (query: Query, tables: Tables, signal?: AbortSignal) => Promise<Found>;

/**
 * The only door to what is stored. Throws `Refused` with every fault of the question. A query ends when `signal`
 * aborts. A limit of null streams all rows; others are held, at most `ROWS_MAX`.
 */
export function createAnswer(tables: Tables): Ask {
  const { venue, now = Date.now } = tables;
  return async (query, viewer, signal) => {
    if (viewer.scope !== 'admin' && viewer.scope !== 'system') throw new Error(`no scope ${viewer.scope}`);
    const began = performance.now();
    const { columns, rows, count, next, readFrom, days, span } = await FINDERS[query.dataset](query, tables, signal);
    const until = span?.until ?? query.span?.until ?? Number.POSITIVE_INFINITY;
    const meta: Meta = {
      dataset: query.dataset,
      revision: (days ?? []).map((day) => ({ dataset: query.dataset, day, revision: 0 })),
      asSeen: days !== undefined,
      settled: until + DUE_MS <= now(),
      venue: venue().version,
      rows: count,
      ms: Math.round((performance.now() - began) * 10) / 10,
      readFrom,
    };
    return { columns, rows, meta, next };
  };
}

const stored =
  (dataset: 'observations' | 'rejects'): Find =>
  async (query, { tables, venue }, signal) => {
    const shape = SHAPES[dataset];
    const opened = await tables(query);
    const found = await page(opened, shape, query, (rows) => marked(rows, dataset, venue()), signal, opened.close);
    return { ...found, columns: shape.columns, readFrom: shape.readFrom };
  };

const SEEN = 'as-seen record';

const FINDERS: Record<Dataset, Find> = {
  observations: stored('observations'),
  rejects: stored('rejects'),
  async gateways(query, { tables, venue, now = Date.now }, signal) {
    const opened = await tables(query);
    try {
      const rows = await gatewayRows(opened, venue(), query.span ?? {}, now(), signal);
      const since = opened.from === undefined ? '' : ` since ${new Date(opened.from).toISOString()}`;
      return held(rows, GATEWAY_COLUMNS, `observations${since}`);
    } finally {
      opened.close();
    }
  },
  venue: async (_query, { venue }) => {
    const { version, zone, file } = venue();
    return held([{ version, name: file.name ?? null, zone, venue: file }], VENUE_COLUMNS, 'venue');
  },
  presences: async (query, { record }, signal) => {
    const span = spanSeen(query.span, record.last);
    const { memory, days } = await presenceTable(record, span, signal);
    const shape = SHAPES.presences;
    const found = await page(memory, shape, { ...query, span: {} }, (rows) => rows, signal, memory.close);
    return { ...found, columns: shape.columns, readFrom: SEEN, days, span };
  },
  frames: async ({ span: asked, step = '1m' }, { record, venue }, signal) => {
    const span = spanSeen(asked, record.last);
    const { rows, days } = await framesSeen(record, venue(), span, step, signal);
    return { ...held(rows, FRAME_COLUMNS, SEEN), days, span };
  },
  days: async (_query, { record, venue }) => held(await dayRows(record, venue().zone), DAY_COLUMNS, SEEN),
  tiles: async ({ span: asked, step = '1m' }, { record, venue }, signal) => {
    const span = spanSeen(asked, record.last);
    const { rows, days } = await tileRows(record, venue(), span, step, signal);
    return { ...held(rows, TILE_COLUMNS, SEEN), days, span };
  },
  heatmap: async ({ span: asked }, { record, venue }, signal) => {
    const span = spanSeen(asked ?? { from: record.last }, record.last);
    const { rows, days } = await framesSeen(record, venue(), span, 'all', signal);
    return { ...held(heatmapRows(rows, venue()), HEATMAP_COLUMNS, SEEN), days, span };
  },
};

const held = (rows: Row[], columns: Columns, readFrom: string): Found => ({
  columns,
  rows: once(rows),
  count: rows.length,
  next: null,
  readFrom,
});

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

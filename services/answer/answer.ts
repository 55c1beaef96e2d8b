import { changesOf } from '../model/changes.ts';
import type { PivotQuery } from '../model/pivot.ts';
import type { Columns, Dataset, Meta, Query, Viewer } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import type { Database } from '../store/database.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row, Typed } from '../store/rows.ts';
import { anomalyTable } from './anomalies.ts';
import { changedIn } from './changed.ts';
import { GATEWAY_COLUMNS, POPULATION_COLUMNS, SHAPES, SIZE_COLUMNS, STAMP_COLUMNS, VENUE_COLUMNS } from './datasets.ts';
import { DAY_COLUMNS, dayRows } from './days.ts';
import { FLOW_COLUMNS, flowRows } from './flows.ts';
import { type FrameTables, framesOf } from './frames.ts';
import { createHealth } from './gateway-health.ts';
import { gatewayRows } from './gateways.ts';
import { HEATMAP_COLUMNS, HEATMAP_MEASURES, heatmapRows } from './heatmap.ts';
import { held } from './held.ts';
import { marked } from './marks.ts';
import { type Page, page } from './page.ts';
import { permit, readsBadges, shownTo } from './permit.ts';
import { type OpenDerived, openDerived } from './pivot/derived.ts';
import { pivot, type WholePivot } from './pivot/pivot.ts';
import { preflight } from './pivot/preflight.ts';
import { recordsOfCell } from './pivot/records.ts';
import { createStamps, type Written } from './pivot/stamp.ts';
import { presencesOf } from './presences-of.ts';
import { REGRESSION_COLUMNS, RESIDUAL_COLUMNS, regressions, residuals } from './regression.ts';
import { lastMinute, minutesOf, type Rounding, roundingFor } from './rounded.ts';
import { slotRows, USUAL_COLUMNS } from './slots.ts';
import type { Ended } from './span.ts';
import { TILE_COLUMNS, tileRows } from './tiles.ts';

/** How long after its end a span is due; what comes later makes a new revision. */
export const DUE_MS = 15 * 60_000;

/** What a question gets: rows by columns, where they came from, and where the next page begins. */
export type Answer = {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  meta: Meta;
  next: string | null;
  /** The same rows as the engine has them, for formats that are columns: instead of `rows`, never beside them. */
  typed?: Typed;
  /** Has the engine write all rows to a Parquet file, instead of reading them; resolves to how many. Of pivots and records without a limit. */
  copy?: (file: string) => Promise<number>;
};

export type Ask = (query: Query, viewer: Viewer, signal?: AbortSignal) => Promise<Answer>;

/** What `answer` needs: tables for a question, what was shown, the venue as it is now, and a clock (UTC ms). */
export type Tables = {
  tables: (query: Query, signal?: AbortSignal) => Promise<Pick<Database, 'connect' | 'close'> & { from?: number }>;
  record: AsSeen;
  /** the folder of what is derived (`DATA_DIR/main`); null: there is none */
  house?: string | null;
  venue: () => Venue;
  now?: () => number;
  /** rises with whatever is stored or forgotten; null: others write too */
  written?: Written;
  /** to what counts are rounded for the public; null: they see whole frames */
  rounding?: Rounding | null;
};

/** Rows of a dataset and from what they were read; of what is derived the revision of each day, and the span that there is. */
type Found = Page & {
  columns: Columns;
  readFrom: string;
  /** of another dataset, if that is named */
  revisions?: { dataset?: string; day: string; revision: number }[];
  span?: Ended;
  read?: number;
  typed?: Typed;
  whole?: WholePivot;
};
type Kept = Tables & {
  derived: OpenDerived;
  stampOf: ReturnType<typeof createStamps>;
  health: ReturnType<typeof createHealth>;
};
type Find = (query: Query, tables: Kept, signal: AbortSignal | undefined, viewer: Viewer) => Promise<Found>;

/**
 * The only door to what is stored. Throws `Refused` with every fault of the question. A query ends when `signal`
 * aborts. A limit of null streams all rows; others are held, at most `ROWS_MAX`.
 */
export function createAnswer(tables: Tables): Ask {
  const { venue, now = Date.now } = tables;
  const from = derivedOf(tables);
  const kept = {
    ...tables,
    derived: openDerived(from),
    stampOf: createStamps(from, tables.written ?? null),
    health: createHealth(tables.tables),
  };
  return async (query, viewer, signal) => {
    permit(query, viewer);
    const began = performance.now();
    const found = await findFor(query, kept, viewer, signal);
    const { columns, rows, count, next, readFrom, revisions, span, read, typed, whole } = found;
    const rounding = roundingFor(kept.rounding, viewer);
    const until = span?.until ?? query.span?.until ?? Number.POSITIVE_INFINITY;
    const meta: Meta = {
      dataset: query.dataset,
      revision: (revisions ?? []).map((read) => ({ dataset: query.dataset, ...read })),
      asSeen: revisions !== undefined && (revisions.length === 0 || revisions.some(({ revision }) => revision === 0)),
      settled: until + DUE_MS <= now(),
      venue: venue().version,
      ...(rounding && { rounded: rounding.to }),
      rows: count,
      ms: Math.round((performance.now() - began) * 10) / 10,
      readFrom,
      ...(read !== undefined && { read }),
      ...changedIn(query.dataset, span, venue().file),
      ...(whole && { total: whole.total, watermark: whole.watermark }),
    };
    return { columns, rows, meta, next, ...(typed && { typed }), ...(whole && { copy: whole.copy }) };
  };
}

/** Where counts are rounded nothing is read but what was shown, through the rounding. */
function findFor(query: Query, kept: Kept, viewer: Viewer, signal?: AbortSignal): Promise<Found> {
  const { record, venue } = kept;
  const rounding = roundingFor(kept.rounding, viewer);
  if (!rounding) return FINDERS[query.dataset](query, kept, signal, viewer);
  const find = ROUNDED[query.dataset];
  if (!find) throw new RangeError(`${query.dataset} is not permitted to ${viewer.scope}`);
  return find(query, { rounding, record, venue, house: null, tables: nowhere }, signal, viewer);
}

const nowhere = async (): Promise<never> => {
  throw new RangeError('expected nothing to be read but the record');
};

type FindRounded = (
  query: Query,
  from: PublicTables,
  signal: AbortSignal | undefined,
  viewer: Viewer,
) => Promise<Found>;
type PublicTables = FrameTables & { rounding: Rounding };

const ROUNDED: Partial<Record<Dataset, FindRounded>> = {
  venue: async (_query, { venue }, _signal, viewer) => heldVenue(venue(), viewer),
  async frames(query, from, signal) {
    const { rows, columns, readFrom, ...said } = await framesOf(query, from, signal);
    return { ...held(rows, columns, readFrom), ...said };
  },
  async tiles(query, from, signal) {
    const { rows, readFrom, ...said } = await tileRows(query, from, signal);
    return { ...held(rows, TILE_COLUMNS, readFrom), ...said };
  },
  heatmap: (query, from, signal) =>
    heatmapOf({ ...query, span: minutesOf(query.span) ?? lastMinute(from.record.last) }, from, signal),
  usual: async () => held([], USUAL_COLUMNS, 'nothing: counts are rounded'),
  async days(_query, { record, venue, rounding }) {
    const rows = await dayRows(record, venue().zone);
    return held(
      // A browser that has kept the whole tiles of a day must not take them for these.
      rows.map((row) => ({ ...row, tag: `${row.tag}-${rounding.to}` })),
      DAY_COLUMNS,
      'as-seen record',
    );
  },
};

const heldVenue = ({ version, zone, file }: Venue, viewer: Viewer): Found =>
  held(
    [{ version, name: file.name ?? null, zone, venue: shownTo(viewer, file), changes: changesOf(file) }],
    VENUE_COLUMNS,
    'venue',
  );

/** The picture of now, and of any second, is what was shown. */
async function heatmapOf({ span }: Query, from: FrameTables, signal?: AbortSignal): Promise<Found> {
  const asked = span ?? { from: from.record.last };
  const question: Query = {
    ...{ dataset: 'frames', span: asked, step: 'all', revision: 'as-seen' },
    measures: HEATMAP_MEASURES,
  };
  const { rows, readFrom, ...said } = await framesOf(question, from, signal);
  return {
    ...held(heatmapRows(rows, from.venue()), HEATMAP_COLUMNS, readFrom),
    revisions: said.revisions,
    span: said.span,
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

const FINDERS: Record<Dataset, Find> = {
  observations: stored('observations'),
  rejects: stored('rejects'),
  async gateways(query, { tables, venue, health, now = Date.now }, signal) {
    const found = await health(now(), venue().zone, signal);
    const opened = await tables(query);
    try {
      const rows = await gatewayRows(opened, venue(), query.span ?? {}, now(), found, signal);
      const since = opened.from === undefined ? '' : ` since ${new Date(opened.from).toISOString()}`;
      return held(rows, GATEWAY_COLUMNS, `observations${since}`);
    } finally {
      opened.close();
    }
  },
  population: async (_query, { venue, health, now = Date.now }, signal) => {
    const { population } = await health(now(), venue().zone, signal);
    return held([population], POPULATION_COLUMNS, 'observations of a quarter of an hour');
  },
  venue: async (_query, { venue }, _signal, viewer) => heldVenue(venue(), viewer),
  presences: async (query, tables, signal) => {
    const { memory, ...said } = await presencesOf(query, derivedOf(tables), signal);
    const shape = SHAPES.presences;
    const found = await page(memory, shape, { ...query, span: {} }, (rows) => rows, signal, memory.close);
    return { ...found, columns: shape.columns, ...said };
  },
  frames: async (query, tables, signal) => {
    const { rows, columns, readFrom, ...said } = await framesOf(query, derivedOf(tables), signal);
    return { ...held(rows, columns, readFrom), ...said };
  },
  days: async (_query, { record, venue, house = null }) =>
    held(await dayRows(record, venue().zone, house), DAY_COLUMNS, 'as-seen record, minute frames'),
  tiles: async (query, tables, signal) => {
    const { rows, readFrom, ...said } = await tileRows(query, derivedOf(tables), signal);
    return { ...held(rows, TILE_COLUMNS, readFrom), ...said };
  },
  flows: async (query, tables, signal) => {
    const { rows, readFrom, ...said } = await flowRows(query, derivedOf(tables), signal);
    return { ...held(rows, FLOW_COLUMNS, readFrom), ...said };
  },
  heatmap: (query, tables, signal) => heatmapOf(query, derivedOf(tables), signal),
  anomalies: async (query, { house = null }, signal, viewer) => {
    const { memory, parts } = await anomalyTable(house, query.span ?? {}, readsBadges(viewer));
    const shape = SHAPES.anomalies;
    const found = await page(memory, shape, query, (rows) => rows, signal, memory.close);
    return { ...found, columns: shape.columns, readFrom: 'anomalies', revisions: parts };
  },
  usual: async (query, { house = null, venue, now = Date.now }) => {
    const { rows, revisions } = await slotRows(query, { house, zone: venue().zone, now: now() });
    return { ...held(rows, USUAL_COLUMNS, 'baselines'), revisions };
  },
  regressions: async (query, tables, signal) => {
    const { rows, parts } = await regressions(query, tables, signal);
    return { ...held(rows, REGRESSION_COLUMNS, 'minute frames'), revisions: parts };
  },
  residuals: async (query, tables, signal) => {
    const { rows, parts } = await residuals(query, tables, signal);
    return { ...held(rows, RESIDUAL_COLUMNS, 'minute frames'), revisions: parts };
  },
  pivot: async (query, tables, signal, viewer) => ({
    ...(await pivot(pivotIn(query), askedOf(tables, viewer, signal, query))),
    next: null,
  }),
  preflight: async (query, tables, signal, viewer) => {
    const { coarser, ...size } = await preflight(pivotIn(query), askedOf(tables, viewer, signal));
    return held([{ ...size, coarser }], SIZE_COLUMNS, 'sketches');
  },
  stamp: async (query, tables, signal, viewer) => {
    const found = await tables.stampOf(pivotIn(query), askedOf(tables, viewer, signal));
    return held(found ? [found] : [], STAMP_COLUMNS, 'manifests');
  },
  records: async (query, tables, signal, viewer) => {
    const asked = askedOf(tables, viewer, signal, query);
    return recordsOfCell(pivotIn(query), query, asked);
  },
};

function pivotIn({ pivot: asked }: Query): PivotQuery {
  if (!asked) throw new TypeError('expected a pivot, found none');
  return asked;
}

/** What a pivot is answered from. */
const askedOf = (
  { tables, derived, house = null, venue, now = Date.now }: Parameters<Find>[1],
  viewer: Viewer,
  signal?: AbortSignal,
  { limit, toFile = false }: Pick<Query, 'limit' | 'toFile'> = {},
) => ({
  isWhole: limit === null,
  isNamed: readsBadges(viewer),
  tables: (span: Ended) => tables({ dataset: 'observations', span, limit: null, toFile }, signal),
  derived,
  house,
  venue: venue(),
  now: now(),
  signal,
});

const derivedOf = ({ record, house = null, venue, tables }: Tables) => ({ record, house, venue, tables });

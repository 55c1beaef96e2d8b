import Type, { type Static, type TSchema } from 'typebox';
import { VenueChange } from './changes.ts';
import type { PivotQuery } from './pivot.ts';
import type { Scope } from './scope.ts';

/** Rows an answer holds at most, and how many it has if nobody says. */
export const ROWS_MAX = 10_000;
export const ROWS = 1000;

/** What can be asked for. */
export type Dataset =
  | 'observations'
  | 'rejects'
  | 'gateways'
  | 'population'
  | 'venue'
  | 'presences'
  | 'frames'
  | 'heatmap'
  | 'anomalies'
  | 'usual'
  | 'regressions'
  | 'residuals'
  | 'pivot'
  | 'records'
  | 'preflight'
  | 'stamp'
  | 'days'
  | 'tiles'
  | 'flows';

/** A question. `span` is UTC ms, `until` excluded; `filters` are equalities; `cursor` is where the last answer ended. */
export type Query = {
  dataset: Dataset;
  span?: { from?: number; until?: number };
  filters?: Record<string, string | number | boolean>;
  sort?: string;
  /** `1s` … `1h`, `day`, `session`, `event`, `all`: of frames */
  step?: string;
  /** what rows of frames are by: `room` if not given */
  by?: string;
  /** of frames; all if not given */
  measures?: string[];
  /** of what is derived: of each day the newest corrected, else as seen (`latest`, the default); as seen; or that number */
  revision?: 'latest' | 'as-seen' | number;
  /** rows at most; null is all of them, as a stream */
  limit?: number | null;
  /** it is written to a file, for which somebody waits: as much is copied out of a bucket for it as it takes */
  toFile?: boolean;
  cursor?: string;
  /** of the datasets `pivot` and `records` (those behind a cell): what stands on rows and columns, and what in the cells */
  pivot?: PivotQuery;
};

/** Who asks. Without tokens whoever reaches the loopback address is an admin; `system` is the house itself. */
export type Viewer = {
  scope: Scope;
  /** the token that says so, and what it is called; without one this machine is meant */
  token?: { id: string; name: string };
  /** it speaks for that gateway, and may do nothing else */
  gateway?: string;
};
/** A column of an answer. Whole numbers are exact up to 2⁵³. Instants are UTC ms in JSON and RFC 3339 in texts. */
export type ColumnType = 'text' | 'number' | 'integer' | 'boolean' | 'instant' | 'json';
export type Columns = Record<string, ColumnType>;

/** What a column of each type is called in SQL, and so in Parquet. */
export const SQL_TYPE: Record<ColumnType, string> = {
  json: 'VARCHAR',
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  instant: 'TIMESTAMP WITH TIME ZONE',
};

export const isNumeric = (type: ColumnType | undefined): boolean => type === 'number' || type === 'integer';

const COLUMN_SCHEMAS: Record<ColumnType, TSchema> = {
  text: Type.Union([Type.String(), Type.Null()]),
  number: Type.Union([Type.Number(), Type.Null()]),
  integer: Type.Union([Type.Integer(), Type.Null()]),
  boolean: Type.Union([Type.Boolean(), Type.Null()]),
  instant: Type.Union([Type.Integer(), Type.Null()], { description: 'UTC epoch ms; RFC 3339 in texts' }),
  json: Type.Unknown(),
};

/** A row of an answer as a schema, for the documentation. */
export const columnsSchema = (columns: Columns): TSchema =>
  Type.Object(Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, COLUMN_SCHEMAS[type]])));

/** What every answer says of itself. */
export const Meta = Type.Object({
  dataset: Type.String(),
  revision: Type.Array(
    Type.Object({ dataset: Type.String(), day: Type.String(), revision: Type.Integer({ minimum: 0 }) }),
    { description: 'the revisions it read, of what is derived; records have none' },
  ),
  asSeen: Type.Boolean({ description: 'true if any part is as seen live, not yet corrected' }),
  settled: Type.Boolean({ description: 'the span ended more than 15 minutes ago: no more is expected' }),
  venue: Type.String({ description: 'version of the venue that was used' }),
  rounded: Type.Optional(
    Type.Integer({ description: 'counts are multiples of this; to the scopes public and screen' }),
  ),
  rows: Type.Union([Type.Integer(), Type.Null()], { description: 'null in a stream: unknown when it begins' }),
  ms: Type.Number({ description: 'how long it took' }),
  readFrom: Type.String({ description: 'what was read' }),
  read: Type.Optional(Type.Integer({ description: 'records that a pivot was made of' })),
  total: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()]), {
      description: 'measures of everything; of what is written to files',
    }),
  ),
  changes: Type.Optional(
    Type.Array(VenueChange, {
      description: 'what gateways did in the span: counts across it are of different making',
    }),
  ),
  watermark: Type.Optional(
    Type.Union([Type.Integer(), Type.Null()], { description: 'up to when there was anything, UTC ms' }),
  ),
});
export type Meta = Static<typeof Meta>;

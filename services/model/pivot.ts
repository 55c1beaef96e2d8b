import Type, { type Static } from 'typebox';

/** What can be pivoted. A record is one observation, one presence, one minute of one room, one anomaly. */
export const PIVOTED = ['observations', 'presences', 'frames', 'anomalies'] as const;
export type Pivoted = (typeof PIVOTED)[number];

/** Fields on rows, and on columns, at most; measures at most. */
const FIELDS_MAX = 6;
const MEASURES_MAX = 8;

/**
 * A field on rows or columns: its name, and for times and numbers how wide a bin is. `hour` is the hour of the day,
 * `time:15m` the quarter of an hour of the day (10:15), `step:15m` that of the calendar (an instant), `rssi:5` five dBm.
 */
export const FIELD_PATTERN = '^[a-zA-Z]{1,24}(:[0-9.]{1,8}[smh]?)?$';

/** Parts of time that every dataset has, in the venue's zone (or the question's). */
export const TIME_FIELDS = ['event', 'eventDay', 'day', 'weekday', 'hour', 'time', 'step', 'session'] as const;

/**
 * What is computed of the records of a cell, and of every total anew: `sum(rssi)`. The 22 of PivotTable.js by these names,
 * with how many fields each takes.
 */
export const AGGREGATORS = {
  count: 0,
  countUnique: 1,
  listUnique: 1,
  sum: 1,
  integerSum: 1,
  average: 1,
  median: 1,
  sampleVariance: 1,
  sampleStandardDeviation: 1,
  minimum: 1,
  maximum: 1,
  first: 1,
  last: 1,
  sumOverSum: 2,
  upperBound80: 2,
  lowerBound80: 2,
  sumAsFractionOfTotal: 1,
  sumAsFractionOfRows: 1,
  sumAsFractionOfColumns: 1,
  countAsFractionOfTotal: 0,
  countAsFractionOfRows: 0,
  countAsFractionOfColumns: 0,
} as const;
export type Aggregator = keyof typeof AGGREGATORS;

/** The domain's own measures, with their units, of frames and presences (NUMBERS: Occupancy over a span). */
export const MEASURES = {
  occupancy: 'badges',
  peak: 'badges',
  visitors: 'badges',
  badgeMinutes: 'badge-minutes',
  dwell: 'min',
  dwellMean: 'min',
  dwellP90: 'min',
  claps: 'claps',
  temperature: '°C',
  covered: '',
  expected: 'badges',
  deviation: 'badges',
} as const;
export type OwnMeasure = keyof typeof MEASURES;

export const MEASURE_PATTERN = '^[a-zA-Z0-9]{1,32}(\\([a-zA-Z]{1,24}(,[a-zA-Z]{1,24})?\\))?$';

/** Which records count: those whose field is one of these (or none of them), or lies in a range (`until` excluded). */
export const Filter = Type.Object(
  {
    field: Type.String({ pattern: FIELD_PATTERN }),
    in: Type.Optional(
      Type.Array(Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Null()]), { maxItems: 1000 }),
    ),
    not: Type.Optional(
      Type.Array(Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Null()]), { maxItems: 1000 }),
    ),
    from: Type.Optional(Type.Number()),
    until: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);
export type Filter = Static<typeof Filter>;

/** When: between two instants (UTC ms, until excluded), the last so long (`24h`, `90m`, `7d`), an event, or a session. */
export const When = Type.Object(
  {
    from: Type.Optional(Type.Integer()),
    until: Type.Optional(Type.Integer()),
    last: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,4}[mhd]$' })),
    event: Type.Optional(Type.String({ maxLength: 64 })),
    session: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);
export type When = Static<typeof When>;

const fields = Type.Array(Type.String({ pattern: FIELD_PATTERN }), { maxItems: FIELDS_MAX });

/** A pivot table: what stands on its rows and columns, and what is in its cells. */
export const PivotQuery = Type.Object(
  {
    dataset: Type.Unsafe<Pivoted>({ type: 'string', enum: [...PIVOTED] }),
    rows: Type.Optional(fields),
    columns: Type.Optional(fields),
    measures: Type.Array(Type.String({ pattern: MEASURE_PATTERN }), { minItems: 1, maxItems: MEASURES_MAX }),
    filters: Type.Optional(Type.Array(Filter, { maxItems: 20 })),
    span: Type.Optional(When),
    /** IANA zone of the parts of time; that of the venue if not given */
    zone: Type.Optional(Type.String({ maxLength: 64 })),
    revision: Type.Optional(Type.String({ pattern: '^(latest|as-seen|[0-9]{1,6})$' })),
    /** subtotals of each level, and grand totals */
    totals: Type.Optional(Type.Boolean({ default: true })),
    /** cells at most: past it the question is refused, with a coarser one that fits */
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
);
export type PivotQuery = Static<typeof PivotQuery>;

/**
 * A row of the answer is a cell or a total: a column for each field of rows and columns (as in the question), `level`, and
 * one for each measure. `level` says over which fields it is a total, with commas between them; a cell's is empty. So a total
 * is told from a value that is unknown. Ordered by the fields of rows, then of columns, totals after what they are of.
 */
export const LEVEL = 'level';

const maybe = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/** What can be asked: every dataset with its fields, the aggregators, the measures of the domain. */
export const Listed = Type.Object({
  datasets: Type.Array(
    Type.Object({
      name: Type.Unsafe<Pivoted>({ type: 'string', enum: [...PIVOTED] }),
      record: Type.String({ description: 'what a record is, in words' }),
      fields: Type.Array(
        Type.Object({
          name: Type.String(),
          label: Type.String(),
          type: Type.String(),
          unit: maybe('of its values'),
          isTime: Type.Boolean(),
          width: maybe('what a bin is wide if nothing is said; null where there is no width'),
        }),
      ),
      measures: Type.Array(Type.Object({ name: Type.String(), label: Type.String(), unit: Type.String() })),
    }),
  ),
  aggregators: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String({ description: 'its name in PivotTable.js' }),
      fields: Type.Integer({ description: 'how many it takes in brackets' }),
      takes: Type.Unsafe<'number' | 'any'>({ type: 'string', enum: ['number', 'any'] }),
    }),
  ),
});
export type Listed = Static<typeof Listed>;

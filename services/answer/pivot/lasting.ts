import type { Part } from './measures.ts';
import type { Plan } from './plan.ts';
import type { Source } from './source.ts';
import {
  groupedBy,
  keysOf,
  type Level,
  levelsAsked,
  maskedAt,
  recordsOf,
  type Statement,
  totalledAt,
} from './statement.ts';
import { PARTS } from './times.ts';

/** Of a presence what lies in one bin and in the span: presences are cut by the parts of time that are asked. */
export function piecesStatement(plan: Plan, source: Source): Statement {
  const [begins, ends] = plan.needs.has('bin') ? [', b.begins', ', b.ends'] : ['', ''];
  const more = [
    'o.id',
    'o.badge',
    'o.counts',
    `greatest(o.begins, $from::BIGINT // 1000${begins}) AS begins`,
    `least(o.ends, $until::BIGINT // 1000${ends}) AS ends`,
  ];
  return { text: `CREATE TEMP TABLE piece AS ${recordsOf(plan, source, more)}`, values: plan.values };
}

/**
 * Cells and totals of minutes or presences into the table `cell`: what the aggregators say of the records, beside the parts
 * from which measures of the domain are computed. Each level is computed anew: nothing is added up from cells.
 * @param minutePeaks the peaks of minutes are enough where a level tells rooms apart
 */
export function lastingStatement(plan: Plan, source: Source, hasTotals: boolean, minutePeaks: boolean): Statement {
  const isFrames = !source.overlap;
  const keys = keysOf(plan).map((_, i) => `k${i}`);
  const wanted = new Set<Part>(plan.measures.flatMap(({ parts }) => parts));
  const making = { plan, hasTotals, keys, isRoomPeak: isFrames && minutePeaks };
  const tables: [string, string][] = [['base', isFrames ? minutesBase(making) : piecesBase(making)]];
  // Rows of minutes with their sums; of these each table reads the columns that it needs.
  const minutes = isFrames ? `minute AS MATERIALIZED (${recordsOf(plan, source, ['o.*'])}), ` : '';
  if (!isFrames && plan.measures.some(({ of }) => of === 'records')) tables.push(['record', recordsEach(making)]);
  for (const part of wanted) tables.push([part, TABLES[part](making)]);
  const measures = plan.measures.map(({ name, of, sql }, i) => {
    if (of === 'own') return `${sql} AS m${i}`;
    if (isFrames || of === 'pieces') return `base.m${i} AS m${i}`;
    // Where there is no record at all, sums and counts of them are 0.
    return `${ZERO.test(name) ? `coalesce(record.m${i}, 0)` : `record.m${i}`} AS m${i}`;
  });
  const columns = [...keys.map((key) => `base.${key}`), 'base.totalled', 'base.records', ...measures].join(', ');
  const joins = tables.slice(1).map(([name]) => `LEFT JOIN ${name} ON ${same(name, keys)}`);
  const withs = minutes + tables.map(([name, sql]) => `${name} AS (${sql})`).join(', ');
  const text = `CREATE TEMP TABLE cell AS WITH ${withs} SELECT ${columns} FROM base ${joins.join(' ')}`;
  return { text, values: plan.values };
}

const ZERO = /^(count|sum|integerSum|sampleVariance|sampleStandardDeviation)(\(|$)/;

type Making = { plan: Plan; hasTotals: boolean; keys: string[]; isRoomPeak: boolean };

/** The same cell of another table; unknown is a value like others. */
const same = (name: string, keys: string[]): string =>
  [`${name}.totalled = base.totalled`, ...keys.map((key) => `${name}.${key} IS NOT DISTINCT FROM base.${key}`)].join(
    ' AND ',
  );

const aggregatesOf = ({ plan }: Making, of: 'pieces' | 'records'): string[] =>
  plan.measures.flatMap((measure, i) => (measure.of === of ? [`${measure.sql} AS m${i}`] : []));

function minutesBase(making: Making): string {
  const { group, totalled } = groupedBy(making.plan, making.hasTotals);
  const columns = [
    ...making.keys,
    `${totalled} AS totalled`,
    'count(*) AS records',
    ...aggregatesOf(making, 'records'),
  ];
  return `SELECT ${columns.join(', ')} FROM minute${group}`;
}

function piecesBase(making: Making): string {
  const { group, totalled } = groupedBy(making.plan, making.hasTotals);
  const counted = 'count(DISTINCT id) AS records';
  const columns = [...making.keys, `${totalled} AS totalled`, counted, ...aggregatesOf(making, 'pieces')];
  return `SELECT ${columns.join(', ')} FROM piece${group}`;
}

/** Each presence of a cell once, with what of it lies there. */
function recordsEach(making: Making): string {
  const { plan, hasTotals, keys } = making;
  const { group, totalled } = groupedBy(plan, hasTotals, ['id']);
  const cut = Object.keys(plan.inputs).map((column) => `sum(ends - begins)::BIGINT AS ${column}`);
  const each = `SELECT ${[...keys, `${totalled} AS totalled`, 'id', ...cut].join(', ')} FROM piece${group}`;
  const columns = [...keys, 'totalled', ...aggregatesOf(making, 'records')].join(', ');
  return `SELECT ${columns} FROM (${each}) GROUP BY ${['totalled', ...keys].join(', ')}`;
}

const TABLES: Record<Part, (making: Making) => string> = { ground, crowd, peak, visit };

const STATES = ['gap', 'unmeasured', 'silent', 'deaf', 'thin', 'good'];
/** Seconds of a minute in which its room was measured. */
const MEASURED = '(frames - unmeasured)';
const SUMS = ['present', 'claps', 'temperature', 'felt', ...STATES];

/** What is added up of the minutes of a room: its seconds that were made and measured; of what has a baseline, what was expected (hundredths), how many there were, for how many seconds. */
const GROUND: [name: string, one: string, together: string][] = [
  ['frames', 'least(made, frames)', 'least(any_value(made), sum(frames))'],
  ['measured', `least(made, ${MEASURED})`, `least(any_value(made), sum(${MEASURED}))`],
  ['usual', `expected * ${MEASURED}`, `sum(expected * ${MEASURED})`],
  ['held', 'CASE WHEN expected IS NOT NULL THEN present END', 'sum(present) FILTER (expected IS NOT NULL)'],
  [
    'judged',
    `CASE WHEN expected IS NOT NULL THEN least(made, ${MEASURED}) END`,
    `CASE WHEN count(expected) > 0 THEN least(any_value(made), sum(${MEASURED}) FILTER (expected IS NOT NULL)) END`,
  ],
  ...SUMS.map((name): [string, string, string] => [name, name, `sum(${name})`]),
];

/** Of what lies side by side (the rooms of a floor) a second counts once; where a level tells rooms apart nothing does. */
function ground({ plan, hasTotals, keys }: Making): string {
  const named = keysOf(plan).map(({ name }) => name);
  const sums = GROUND.map(([name]) => `sum(${name}) AS ${name}`);
  const seconds = `sum(${STATES.join(' + ')}) AS seconds`;
  return levelsAsked(plan, hasTotals)
    .map((level) => {
      const own = level.map((i) => `k${i}`);
      const isOfRoom = level.some((i) => named[i] === 'room');
      const parts = GROUND.map(([name, one, together]) => `${isOfRoom ? one : together} AS ${name}`);
      const by = isOfRoom ? '' : ` GROUP BY ${[...own, 'start'].join(', ')}`;
      const columns = [
        ...maskedAt(level, keys.length),
        `${totalledAt(level, keys.length)} AS totalled`,
        ...sums,
        seconds,
      ];
      const group = level.length > 0 ? ` GROUP BY ${own.join(', ')}` : '';
      return `SELECT ${columns.join(', ')} FROM (SELECT ${[...own, ...parts].join(', ')} FROM minute${by})${group}`;
    })
    .join(' UNION ALL ');
}

/** Who was there: each badge once. */
function crowd({ plan, hasTotals, keys }: Making): string {
  const { group, totalled } = groupedBy(plan, hasTotals);
  const visitors = 'count(DISTINCT badge) FILTER (counts) AS visitors';
  const ms = 'sum(ends - begins) FILTER (counts) AS ms';
  return `SELECT ${[...keys, `${totalled} AS totalled`, visitors, ms].join(', ')} FROM piece${group}`;
}

/** Parts of time alone do not say who is counted together. */
const isTime = (plan: Plan, i: number): boolean => {
  const part = keysOf(plan)[i]!.timed?.part;
  return part !== undefined && part !== 'session' && part !== 'sessionId' && part in PARTS;
};

/** The most at once: of each set of keys but times one walk through all changes; a total over times has the greatest of theirs. */
function peak(making: Making): string {
  const { plan, hasTotals, keys, isRoomPeak } = making;
  const named = keysOf(plan).map(({ name }) => name);
  return levelsAsked(plan, hasTotals)
    .map((level) => {
      const isOfRoom = isRoomPeak && level.some((i) => named[i] === 'room');
      const columns = [...maskedAt(level, keys.length), `${totalledAt(level, keys.length)} AS totalled`];
      const from = isOfRoom
        ? '(SELECT *, peak AS most FROM minute)'
        : crowded(
            level.filter((i) => !isTime(plan, i)),
            keys,
          );
      const group = level.length > 0 ? ` GROUP BY ${level.map((i) => `k${i}`).join(', ')}` : '';
      return `SELECT ${[...columns, 'max(most) AS people'].join(', ')} FROM ${from}${group}`;
    })
    .join(' UNION ALL ');
}

/**
 * How many there were whenever somebody came: whoever leaves in a second makes place for whoever comes in it. Pieces begin
 * anew in each bin, so each bin has such an instant.
 */
function crowded(space: Level, keys: string[]): string {
  const own = space.map((i) => `k${i}`);
  const times = keys
    .filter((key) => !own.includes(key))
    .map((key) => `any_value(${key}) FILTER (change > 0) AS ${key}`);
  const changes = `SELECT ${[...keys, 'begins AS instant', '1 AS change'].join(', ')} FROM piece WHERE counts UNION ALL SELECT ${[...keys, 'ends', '-1'].join(', ')} FROM piece WHERE counts`;
  const summed = `SELECT ${[...own, ...times, 'instant', 'sum(change) AS net', 'bool_or(change > 0) AS isBegun'].join(', ')} FROM (${changes}) GROUP BY ${[...own, 'instant'].join(', ')}`;
  const partition = own.length > 0 ? `PARTITION BY ${own.join(', ')} ` : '';
  const people = `sum(net) OVER (${partition}ORDER BY instant ROWS UNBOUNDED PRECEDING)::INTEGER AS most`;
  return `(SELECT * FROM (SELECT *, ${people} FROM (${summed})) WHERE isBegun)`;
}

/**
 * How long people stayed: pieces of a badge that touch in a cell are one visit, cut at the ends of the cell. Of beginnings and ends
 * in their orders, a visit is over with an end after which the next one begins only later.
 */
function visit({ plan, hasTotals, keys }: Making): string {
  const ended = 'list_filter(ends, lambda x, i: i = len(ends) OR begins[i + 1] > x)';
  const begun = 'list_filter(begins, lambda x, i: i = 1 OR x > ends[i - 1])';
  return levelsAsked(plan, hasTotals)
    .map((level) => {
      const own = level.map((i) => `k${i}`);
      const of = [...own, 'badge'].join(', ');
      const pieces = `SELECT ${of}, list_sort(list(begins)) AS begins, list_sort(list(ends)) AS ends FROM piece WHERE counts GROUP BY ${of}`;
      const stays = `SELECT ${[...own, `unnest(${ended}) - unnest(${begun}) AS length`].join(', ')} FROM (${pieces})`;
      const figures =
        'count(*) AS visits, sum(length) AS ms, median(length) AS middle, quantile_disc(length, 0.9) AS most';
      const columns = [...maskedAt(level, keys.length), `${totalledAt(level, keys.length)} AS totalled`, figures];
      const group = level.length > 0 ? ` GROUP BY ${own.join(', ')}` : '';
      return `SELECT ${columns.join(', ')} FROM (${stays})${group}`;
    })
    .join(' UNION ALL ');
}

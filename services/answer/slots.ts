import { aheadIn } from '../model/ahead.ts';
import { daysIn } from '../model/day.ts';
import { expectedBy, hundredth, type Usual } from '../model/normal.ts';
import type { Columns, Meta, Query } from '../model/query.ts';
import { usually } from '../model/usually.ts';
import type { Row } from '../store/rows.ts';
import { readUsual } from './baseline.ts';
import { Refused } from './refused.ts';

/** A row for each room, measure and half hour, cut where sessions begin and end. */
export const USUAL_COLUMNS: Columns = {
  room: 'text',
  measure: 'text',
  from: 'instant',
  until: 'instant',
  /** what goes on: nothing, `event …`, `session …` */
  context: 'text',
  session: 'text',
  /** of the ladder, and the days (or sessions) on it */
  rung: 'text',
  n: 'integer',
  /** badges, claps in ten seconds or °C, to the hundredth: median, quartiles, and the band beyond which is an anomaly */
  expected: 'number',
  q25: 'number',
  q75: 'number',
  low: 'number',
  high: 'number',
  sentence: 'text',
};

/** Without a span it is of now and the next half hour. */
const AHEAD_MS = 1_800_000;
/** Days and rows of an answer at most. */
const [DAYS_MAX, ROWS_MAX] = [31, 100_000];

type House = { house: string | null; zone: string; now: number };

/**
 * What is usual in the slots that a span (UTC ms) touches, by the newest baseline of each of its days, which knows of the days
 * before alone. A slot without enough of them has no row. Throws `Refused` where it would be more than an answer holds.
 */
export async function slotRows(
  { span = {}, filters = {} }: Pick<Query, 'span' | 'filters'>,
  { house, zone, now }: House,
): Promise<{ rows: Row[]; revisions: Meta['revision'] }> {
  const from = span.from ?? Math.min(now, span.until ?? now);
  const until = span.until ?? Math.max(from, now) + AHEAD_MS;
  if (house === null || from >= until) return { rows: [], revisions: [] };
  // Counted before they are named: a span may be of eighty years.
  if (until - from > DAYS_MAX * 86_400_000)
    throw new Refused([{ pointer: '/until', expected: `${DAYS_MAX} days at most`, found: String(until) }]);
  const found: Usual[] = [];
  const revisions: Meta['revision'] = [];
  for (const { day } of daysIn({ from, until }, zone)) {
    const baseline = await readUsual(house, day);
    if (!baseline) continue;
    revisions.push({ dataset: 'baselines', day, revision: baseline.revision });
    found.push(...baseline.rows.filter((row) => row.from < until && row.until > from && isOf(row, filters)));
  }
  if (found.length > ROWS_MAX) {
    const expected = `${ROWS_MAX} rows at most: a shorter span, a room or a measure`;
    throw new Refused([{ pointer: '/until', expected, found: `${found.length} rows` }]);
  }
  const ahead = aheadIn({ from: found.reduce((least, row) => Math.min(least, row.from), from), until }, zone);
  const order = found.sort((a, b) => inOrder(a.room, b.room) || inOrder(a.measure, b.measure) || a.from - b.from);
  return { rows: order.map((row) => rowOf(row, usually(row, row.from, ahead))), revisions };
}

const isOf = (row: Usual, { room = row.room, measure = row.measure }: NonNullable<Query['filters']>): boolean =>
  row.room === room && row.measure === measure;

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const rowOf = (row: Usual, sentence: string): Row => {
  const { room, measure, from, until, context, session, rung, n, q25, q75 } = row;
  const { expected, low, high } = expectedBy(row);
  const quartiles = { q25: hundredth(q25), q75: hundredth(q75) };
  return { room, measure, from, until, context, session, rung, n, expected, ...quartiles, low, high, sentence };
};

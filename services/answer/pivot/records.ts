import type { PivotQuery } from '../../model/pivot.ts';
import { type Columns, ROWS, ROWS_MAX } from '../../model/query.ts';
import type { Span } from '../../model/venue.ts';
import { type Row, rowsOf, type Typed } from '../../store/rows.ts';
import { Refused } from '../refused.ts';
import { codedAnswer, codedRecords } from './coded.ts';
import { piecesStatement } from './lasting.ts';
import type { WholePivot } from './pivot.ts';
import { type Plan, planOf } from './plan.ts';
import type { Source } from './source.ts';
import { castTo, keysOf, namedIn, recordsOf, run, type Statement } from './statement.ts';
import { watermarkOf } from './watermark.ts';
import { wholeOf } from './whole.ts';
import { type Asked, prepare, sourceOf, working } from './work.ts';

/** Records of a cell or total, page by page, in the order of time. */
export type Records = {
  columns: Columns;
  rows: AsyncIterable<Row[]>;
  typed?: Typed;
  /** null: unknown before they are read */
  count: number | null;
  next: string | null;
  readFrom: string;
  span: Span;
  revisions?: { dataset?: string; day: string; revision: number }[];
  whole?: WholePivot;
};

/**
 * The records behind a cell or a total: those of the question that its filters keep, among which whoever asks has put the
 * values of the cell. They are what `pivot` counts and adds up. Throws `Refused` where the question or the cursor has faults.
 * @param cursor `next` of the page before
 */
export async function recordsOfCell(
  query: PivotQuery,
  page: { limit?: number | null | undefined; cursor?: string | undefined },
  asked: Asked,
): Promise<Records> {
  const limit = page.limit ?? ROWS;
  if (asked.isWhole && page.cursor !== undefined)
    throw new Refused([{ pointer: '/cursor', expected: 'none where all records are asked for', found: page.cursor }]);
  if (asked.isWhole) return everyRecord(query, asked);
  if (!(limit >= 1 && limit <= ROWS_MAX))
    throw new Refused([{ pointer: '/limit', expected: `1 to ${ROWS_MAX}`, found: String(page.limit) }]);
  const { source, plan } = planned(query, asked);
  const at = page.cursor === undefined ? null : readCursor(page.cursor);
  return working(query, source, plan, asked, async (work, end) => {
    await prepare(work);
    if (source.overlap) await run(work.connection, piecesStatement(plan, source));
    const { text, values } = pageStatement(plan, source, at, limit + 1);
    const rows: Row[] = [];
    for await (const some of rowsOf(await work.connection.stream(text, namedIn(text, values)))) rows.push(...some);
    const { span, revisions, readFrom } = work.opened;
    end();
    const isMore = rows.length > limit;
    if (isMore) rows.length = limit;
    const next = isMore ? writeCursor(rows.at(-1)!) : null;
    for (const row of rows) delete row[PLACE];
    const said = { columns: columnsOf(plan, source), readFrom, span, ...(revisions && { revisions }) };
    return { ...said, rows: once(rows), count: rows.length, next };
  });
}

/** Every record of a question in the order of time, however many. */
async function everyRecord(query: PivotQuery, asked: Asked): Promise<Records> {
  const { source, plan } = planned(query, asked);
  return working(query, source, plan, asked, async (work, end) => {
    await prepare(work);
    if (source.overlap) await run(work.connection, piecesStatement(plan, source));
    const columns = columnsOf(plan, source);
    const { text, values } = recordStatement(plan, source);
    const { from, texts, words } = shownOf(plan, source);
    const sorted = `SELECT ${texts} FROM (${text}) r ${words} ORDER BY instant, place`;
    const statement = { text: `SELECT ${castTo(columns)} FROM (SELECT ${from} FROM (${sorted}))`, values };
    const coding = async () =>
      (source.overlap ? null : await codedRecords(work.connection, { text, values }, keysOf(plan))) ??
      codedAnswer(work.connection, statement, columns);
    const { copy, ...all } = wholeOf(work.connection, statement, columns, end, coding);
    const { span, revisions, readFrom } = work.opened;
    const whole = { copy, total: {}, watermark: await watermarkOf(work) };
    return { ...all, columns, count: null, next: null, readFrom, span, ...(revisions && { revisions }), whole };
  });
}

/** What a question about records means: all fields of each. */
function planned(query: PivotQuery, { venue }: Asked) {
  const source = sourceOf(query);
  // Faults of the question itself are told by the names that it has.
  planOf(query, source, venue);
  const names = Object.keys(source.fields).filter((name) => !source.fields[name]!.isCut);
  return { source, plan: planOf({ ...query, rows: names, columns: [], measures: ['count'] }, source, venue) };
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

/** Tells records of one instant apart; no field is called so. */
const PLACE = 'place';

function columnsOf(plan: Plan, { overlap }: Source): Columns {
  const ends: Columns = overlap ? { from: 'instant', until: 'instant', minutes: 'number' } : { time: 'instant' };
  return { ...ends, ...Object.fromEntries(keysOf(plan).map(({ name, type }) => [name, type])) };
}

/** Records with their place in the order of time: `instant` (UTC ms), then `place`. */
function recordStatement(plan: Plan, source: Source): Statement {
  const keys = keysOf(plan);
  const text = source.overlap
    ? `SELECT ${keys.map((_, i) => `any_value(k${i}) AS k${i}, `).join('')}min(begins) AS instant, max(ends) AS until, sum(ends - begins) / 60000 AS minutes, id::UBIGINT AS place FROM piece GROUP BY id`
    : recordsOf(plan, source, [`${source.time} AS instant`, `${source.unique} AS place`]);
  return { text, values: plan.values };
}

/** Sorted records with the texts of their codes, and how those are shown: what takes little room is sorted, and the rest made of it. */
function shownOf(plan: Plan, source: Source): { from: string; texts: string; words: string } {
  const keys = keysOf(plan);
  const instant = source.overlap
    ? 'make_timestamp(instant * 1000) AS "from", make_timestamp(until * 1000) AS until, minutes'
    : 'make_timestamp(instant * 1000) AS time';
  const shown = keys.map((key, i) => `${key.words ? `w${i}` : key.shown(`k${i}`)} AS "${key.name}"`);
  const coded = keys.flatMap(({ words }, i) => (words ? [{ words, i }] : []));
  return {
    from: [instant, ...shown].join(', '),
    texts: ['r.*', ...coded.map(({ i }) => `w${i}.text AS w${i}`)].join(', '),
    words: coded.map(({ words, i }) => `LEFT JOIN ${words} w${i} ON w${i}.code = r.k${i}`).join(' '),
  };
}

function pageStatement(plan: Plan, source: Source, at: Cursor | null, limit: number): Statement {
  const { text: record, values } = recordStatement(plan, source);
  const { from, texts, words } = shownOf(plan, source);
  const after = at ? 'WHERE (instant, place) > ($instant::BIGINT, $place::UBIGINT)' : '';
  const page = `SELECT * FROM (${record}) ${after} ORDER BY instant, place LIMIT ${Math.trunc(limit)}`;
  const sorted = `SELECT ${texts} FROM (${page}) r ${words} ORDER BY instant, place`;
  const text = `SELECT ${from}, place::VARCHAR AS ${PLACE} FROM (${sorted})`;
  return { text, values: { ...values, ...(at && { instant: BigInt(at.instant), place: BigInt(at.place) }) } };
}

/** Where a page ended: an instant, UTC ms, and which of its records. */
type Cursor = { instant: number; place: string };

const writeCursor = (row: Row): string =>
  Buffer.from(JSON.stringify([row.time ?? row.from, row[PLACE]])).toString('base64url');

/** A cursor is input like any other. */
function readCursor(text: string): Cursor {
  const [, instant, place] =
    /^\[(\d{1,15}),"(\d{1,20})"\]$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (instant === undefined || place === undefined || BigInt(place) >= 2n ** 64n)
    throw new Refused([{ pointer: '/cursor', expected: 'the cursor of an answer to the same question', found: text }]);
  return { instant: Number(instant), place };
}

/** A question about the records of a cell: the values that the cell has of fields on rows and columns; others are totalled. */
export function withCell(query: PivotQuery, cell: Record<string, string | number | null>): PivotQuery {
  const asked = new Set([...(query.rows ?? []), ...(query.columns ?? [])]);
  const wrong = Object.keys(cell).filter((name) => !asked.has(name));
  if (wrong.length > 0)
    throw new Refused(
      wrong.map((name) => ({
        pointer: `/cell/${name}`,
        expected: `a field on rows or columns: ${[...asked].join(', ')}`,
        found: name,
      })),
    );
  const filters = Object.entries(cell).map(([field, value]) => ({ field, in: [value] }));
  return { ...query, filters: [...(query.filters ?? []), ...filters] };
}

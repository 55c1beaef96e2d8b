import type { DuckDBConnection } from '@duckdb/node-api';
import { FORMULA_SIGNS } from '../../services/formats/formula.ts';
import type { Columns, ColumnType } from '../../services/model/query.ts';
import type { Schedule } from '../../services/model/schedule.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const named = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** By code: a line end in a statement is hard to see. */
const signs = FORMULA_SIGNS.map((sign) => `chr(${sign.codePointAt(0)})`).join(', ');

/** Whole numbers have no point, as JSON has them as far as they are exact; -0 is 0. */
const numberText = (cell: string): string =>
  `CASE WHEN ${cell} = floor(${cell}) AND abs(${cell}) <= ${Number.MAX_SAFE_INTEGER} THEN ${cell}::BIGINT::VARCHAR ELSE ${cell}::VARCHAR END`;
const guarded = (cell: string): string =>
  `CASE WHEN left(${cell}, 1) IN (${signs}) THEN '''' || ${cell} ELSE ${cell} END`;
const onOneLine = (cell: string): string => `regexp_replace(${cell}, '[\\t\\r\\n]+', ' ', 'g')`;

/** RFC 3339 in UTC, as every text has instants. */
const INSTANT = `TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%gZ'`;
const WAYS = {
  csv: `FORMAT csv, HEADER, NEW_LINE '\\r\\n', ${INSTANT}`,
  tsv: `FORMAT csv, HEADER, DELIMITER '\\t', QUOTE '', ESCAPE '', NEW_LINE '\\n', ${INSTANT}`,
};
export type TextFormat = keyof typeof WAYS;
export const isText = (format: string): format is TextFormat => format in WAYS;

/**
 * Writes rows that were kept as Parquet as CSV (RFC 4180, UTF-8; an unknown text is an empty cell, an empty one is quoted) or TSV, by the
 * engine itself. In the profile `spreadsheet` a text that a spreadsheet would run has a ' before it; numbers, instants and
 * truths are never touched.
 */
export async function writeText(
  connection: DuckDBConnection,
  rows: string,
  file: string,
  columns: Columns,
  { profile, format }: Pick<Schedule, 'profile'> & { format: TextFormat },
): Promise<void> {
  const cells = Object.entries(columns).map(([name, type]) => `${cellOf(named(name), type)} AS ${named(name)}`);
  function cellOf(cell: string, type: ColumnType): string {
    if (type === 'number') return numberText(cell);
    // By itself, for an instant of UTC would be formatted by the calendar.
    if (type === 'instant') return `make_timestamp(epoch_us(${cell}))`;
    if (type !== 'text' && type !== 'json') return cell;
    const text = profile === 'spreadsheet' ? guarded(cell) : cell;
    return format === 'tsv' ? onOneLine(text) : text;
  }
  await connection.run(
    `COPY (SELECT ${cells.join(', ')} FROM read_parquet(${quoted(rows)})) TO ${quoted(file)} (${WAYS[format]})`,
  );
}

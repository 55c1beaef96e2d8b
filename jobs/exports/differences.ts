import type { DuckDBConnection } from '@duckdb/node-api';
import { mayNameBadges } from '../../services/answer/permit.ts';
import { cellText } from '../../services/formats/cell.ts';
import type { Differences, RowDifference } from '../../services/model/differences.ts';
import { LEVEL } from '../../services/model/pivot.ts';
import type { Columns, ColumnType } from '../../services/model/query.ts';
import type { Schedule } from '../../services/model/schedule.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';
import { sql } from '../../services/store/sql.ts';

/** Rows that are told one by one, and characters of a text in them, at most. */
const TOLD_MAX = 20;
const TEXT_MAX = 200;

/** What an answer that was kept as Parquet has that the one before has not, and the other way round. */
export async function differencesOf(
  connection: DuckDBConnection,
  files: { before: string; after: string },
  columns: Columns,
  { query, holds }: Pick<Schedule, 'query' | 'holds'>,
): Promise<Differences> {
  const names = Object.keys(columns);
  const fields = holds === 'cells' ? names.slice(0, names.indexOf(LEVEL) + 1) : [];
  try {
    await connection.run(sql(import.meta.url, 'come'), files);
    await connection.run(sql(import.meta.url, 'gone'), files);
    const count = async (from: string) =>
      Number((await connection.runAndReadAll(`SELECT count(*) FROM ${from}`)).getRows()[0]![0]);
    const changed = fields.length === 0 ? 0 : await count(`come JOIN gone ON ${sameIn(fields)}`);
    const of = (some: string[]): Columns => Object.fromEntries(some.map((name) => [name, columns[name]!]));
    const isTold = fields.length > 0 && !mayNameBadges(query);
    return {
      added: (await count('come')) - changed,
      removed: (await count('gone')) - changed,
      changed,
      rows: isTold ? await firstOf(connection, of(fields), of(names.slice(fields.length))) : [],
    };
  } finally {
    await connection.run('DROP TABLE IF EXISTS come; DROP TABLE IF EXISTS gone');
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A cell is found again by its fields; what is unknown is equal to itself. */
const sameIn = (fields: string[]): string =>
  fields.map((name) => `come.${quoted(name)} IS NOT DISTINCT FROM gone.${quoted(name)}`).join(' AND ');

async function firstOf(connection: DuckDBConnection, fields: Columns, measures: Columns): Promise<RowDifference[]> {
  const selected = [
    ...Object.keys(fields).map((name, i) => `coalesce(come.${quoted(name)}, gone.${quoted(name)}) AS f${i}`),
    ...Object.keys(measures).flatMap((name, i) => [`gone.${quoted(name)} AS b${i}`, `come.${quoted(name)} AS a${i}`]),
    // The level of a cell is known.
    ...['come', 'gone'].map((table) => `${table}.${quoted(LEVEL)} IS NOT NULL AS is_${table}`),
  ];
  const order = Object.keys(fields).map((_, i) => `f${i} NULLS LAST`);
  const text = `SELECT ${selected} FROM come FULL JOIN gone ON ${sameIn(Object.keys(fields))} ORDER BY ${order} LIMIT ${TOLD_MAX}`;
  const rows: Row[] = [];
  for await (const some of rowsOf(await connection.stream(text))) rows.push(...some);
  return rows.map((row) => told(row, fields, measures));
}

function told(row: Row, fields: Columns, measures: Columns): RowDifference {
  const isBoth = row.is_come === true && row.is_gone === true;
  const differs = (i: number) => !isBoth || row[`a${i}`] !== row[`b${i}`];
  return {
    fields: cellsOf(row, 'f', fields),
    before: row.is_gone === true ? cellsOf(row, 'b', measures, differs) : null,
    after: row.is_come === true ? cellsOf(row, 'a', measures, differs) : null,
  };
}

const cellsOf = (row: Row, side: string, columns: Columns, isWanted = (_: number) => true): RowDifference['fields'] =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([name, type], i) => (isWanted(i) ? [[name, said(row[`${side}${i}`], type)]] : [])),
  );

function said(value: unknown, type: ColumnType): string | number | boolean | null {
  if (type === 'instant' && value !== null) return cellText(value, type);
  const isLong = typeof value === 'string' && value.length > TEXT_MAX;
  return isLong ? `${value.slice(0, TEXT_MAX - 1)}…` : (value as string | number | boolean | null);
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { type Columns, type ColumnType, SQL_TYPE } from '../../model/query.ts';
import type { Coded } from '../../store/rows.ts';
import type { Key } from './keys.ts';
import { run, type Statement } from './statement.ts';

/** Different texts of a column that are told once and then by their codes, at most: they are held in memory. */
const WORDS_MAX = 100_000;

/** An answer as numbers, and the texts that some of them stand for. */
export type Coding = () => Promise<{ statement: Statement; words: Coded['words'] }>;

/** The rows of any statement, which are made first: so it is known which texts there are, and whether they are too many. */
export async function codedAnswer(
  connection: DuckDBConnection,
  { text, values }: Statement,
  columns: Columns,
): ReturnType<Coding> {
  await run(connection, { text: `CREATE TEMP TABLE answered AS ${text}`, values });
  const words: Coded['words'] = new Map();
  const shown: string[] = [];
  for (const [i, [name, type]] of Object.entries(columns).entries()) {
    const isText = type === 'text' || type === 'json';
    const found = isText ? await listed(connection, `"${name}"`, 'answered', i) : null;
    if (found) words.set(name, found.list);
    shown.push(`${found ? found.code(`"${name}"`) : asNumber(`"${name}"`, type)} AS "${name}"`);
  }
  return { statement: { text: `SELECT ${shown.join(', ')} FROM answered`, values: {} }, words };
}

const asNumber = (value: string, type: ColumnType): string =>
  type === 'instant' ? `epoch_ms(${value})` : type === 'boolean' ? `${value}::UTINYINT` : value;

/** The different texts of a column of a table, which become the codes of an ENUM; null: they are too many. */
async function listed(connection: DuckDBConnection, column: string, table: string, place: number) {
  const type = `words${place}`;
  await connection.run(
    `CREATE TEMP TYPE ${type} AS ENUM (SELECT DISTINCT ${column} FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${WORDS_MAX + 1})`,
  );
  const found = await connection.runAndReadAll(`SELECT unnest(enum_range(NULL::${type}))::VARCHAR`);
  if (found.currentRowCount > WORDS_MAX) return null;
  const list = found.getRows().map(([word]) => word as string);
  return { list, code: (value: string) => `enum_code(${value}::${type})::UINTEGER` };
}

/**
 * Records in the order of time whose texts are names, or of few: those are codes already, and for these ENUMs are made of what there
 * is. So what is sorted is numbers, and no text is looked up but once. Null where there are other texts, or too many names.
 * @param record has keys k0 …, `instant` (UTC ms) and `place`
 */
export async function codedRecords(
  connection: DuckDBConnection,
  { text, values }: Statement,
  keys: Key[],
): Promise<Awaited<ReturnType<Coding>> | null> {
  const few = keys.flatMap((key, i) => (key.type === 'text' && key.words === null ? [{ key, i }] : []));
  if (!few.every(({ key }) => key.most <= WORDS_MAX)) return null;
  const named = await connection.runAndReadAll(`SELECT code, text FROM name LIMIT ${WORDS_MAX + 1}`);
  if (named.currentRowCount > WORDS_MAX) return null;
  const names: string[] = [];
  for (const [code, name] of named.getRows()) names[code as number] = name as string;
  const different = few.map(({ i }) => `k${i}`).join(', ');
  await run(connection, { text: `CREATE TEMP TABLE few AS SELECT DISTINCT ${different} FROM (${text})`, values });
  const words: Coded['words'] = new Map();
  const codes = new Map<number, string>();
  for (const { key, i } of few) {
    const found = (await listed(connection, `k${i}`, 'few', i))!;
    words.set(key.name, found.list);
    codes.set(i, found.code(`k${i}`));
  }
  for (const { name, words: table } of keys)
    if (table !== null)
      words.set(
        name,
        Array.from(names, (word) => word ?? ''),
      );
  const sorted = `SELECT ${['instant', ...keys.map((_, i) => `${codes.get(i) ?? `k${i}`} AS k${i}`)].join(', ')} FROM (${text}) ORDER BY instant, place`;
  const shown = keys.map(({ name, type, words: table, shown }, i) => {
    if (table !== null || codes.has(i)) return `k${i} AS "${name}"`;
    return `${asNumber(`(${shown(`k${i}`)})::${SQL_TYPE[type]}`, type)} AS "${name}"`;
  });
  const statement = { text: `SELECT ${['instant AS time', ...shown].join(', ')} FROM (${sorted})`, values };
  return { statement, words };
}

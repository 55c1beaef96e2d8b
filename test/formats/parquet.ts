import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemory } from '../../services/store/database.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';

/** The rows of a Parquet file, as DuckDB reads them. */
export const fromParquet = (bytes: Buffer): Promise<Row[]> => asked(bytes, 'FROM read_parquet($file)');

const TYPES = `SELECT column_name AS name, column_type || coalesce(' ' || regexp_extract(logical_type, 'isAdjustedToUTC=.'), '') AS type
FROM (DESCRIBE FROM read_parquet($file)) JOIN parquet_schema($file) ON name = column_name`;

/** The columns of a Parquet file by name: their types in DuckDB, of instants whether they are of UTC. */
export async function parquetTypes(bytes: Buffer): Promise<Record<string, string>> {
  const rows = await asked(bytes, TYPES);
  return Object.fromEntries(rows.map(({ name, type }) => [name, String(type).trim()]));
}

async function asked(bytes: Buffer, text: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-formats-'));
  const file = join(folder, 'x.parquet');
  writeFileSync(file, bytes);
  const memory = await openMemory(folder);
  const rows: Row[] = [];
  for await (const chunk of rowsOf(await memory.connection.stream(text, { file }))) rows.push(...chunk);
  memory.close();
  rmSync(folder, { recursive: true });
  return rows;
}

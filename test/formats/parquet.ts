import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemory } from '../../services/store/database.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';

/** The rows of a Parquet file, as DuckDB reads them. */
export async function fromParquet(bytes: Buffer): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-formats-'));
  const file = join(folder, 'x.parquet');
  writeFileSync(file, bytes);
  const memory = await openMemory(folder);
  const rows: Row[] = [];
  for await (const chunk of rowsOf(await memory.connection.stream('FROM read_parquet($file)', { file })))
    rows.push(...chunk);
  memory.close();
  rmSync(folder, { recursive: true });
  return rows;
}

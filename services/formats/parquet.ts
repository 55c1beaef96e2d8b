import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBAppender, DuckDBTimestampTZValue } from '@duckdb/node-api';
import { type ColumnType, SQL_TYPE } from '../model/query.ts';
import { openScratch } from '../store/database.ts';
import { cellText } from './cell.ts';
import type { Format, Table } from './format.ts';

/** Apache Parquet by DuckDB: a number is a double, a whole one 64 bits, an instant a timestamp that is adjusted to UTC, `json` is its text. */
export const parquet: Format = {
  type: 'application/vnd.apache.parquet',
  whole: false,
  async *write(table) {
    const folder = mkdtempSync(join(tmpdir(), 'hallway-parquet-'));
    try {
      const file = join(folder, 'rows.parquet');
      await fill(folder, file, table);
      yield* createReadStream(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function fill(folder: string, file: string, { columns, rows, typed }: Table): Promise<void> {
  const memory = await openScratch(folder);
  try {
    const { connection } = memory;
    const named = Object.entries(columns);
    const shape = named.map(([name, type]) => `"${name.replaceAll('"', '""')}" ${SQL_TYPE[type]}`).join(', ');
    await connection.run(`CREATE TABLE answer (${shape})`);
    const appender = await connection.createAppender('answer');
    if (typed) for await (const chunk of typed.chunks()) appender.appendDataChunk(chunk);
    else
      for await (const chunk of rows)
        for (const row of chunk) {
          for (const [name, type] of named) append(appender, row[name], type);
          appender.endRow();
        }
    appender.closeSync();
    await connection.run('COPY (FROM answer) TO $file (FORMAT parquet)', { file });
  } finally {
    memory.close();
  }
}

function append(appender: DuckDBAppender, value: unknown, type: ColumnType): void {
  if (value === null || value === undefined) appender.appendNull();
  else if (type === 'number') appender.appendDouble(Number(value));
  else if (type === 'integer') appender.appendBigInt(BigInt(value as number));
  else if (type === 'boolean') appender.appendBoolean(value === true);
  else if (type === 'instant') appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(value as number) * 1000n));
  else appender.appendVarchar(cellText(value, type));
}

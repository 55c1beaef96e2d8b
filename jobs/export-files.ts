import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Row } from '../services/formats/format.ts';
import { BY_NAME } from '../services/formats/formats.ts';
import { MANIFEST, type Manifest, ROWS_FILE } from '../services/ledger/exported.ts';
import { writeWhole } from '../services/ledger/whole.ts';
import type { Columns, Meta } from '../services/model/query.ts';
import type { ExportFile, FileFormat, Schedule } from '../services/model/schedule.ts';
import { rowsOf } from '../services/store/rows.ts';
import { sql } from '../services/store/sql.ts';

/** What is written for a window: the rows of an answer, as a Parquet file, and what the manifest says beside its files. */
export type Exported = {
  schedule: Pick<Schedule, 'id' | 'formats' | 'profile'>;
  rows: string;
  columns: Columns;
  meta: Meta;
  said: Omit<Manifest, 'files' | 'types' | 'rows'>;
};

/**
 * Writes the files of a window's revision into `folder`: aside, each whole and safe on disk, the manifest last, then renamed. So
 * a folder of that name has all of them, whatever is killed. Resolves to the manifest.
 */
export async function writeExport(
  connection: DuckDBConnection,
  folder: string,
  { schedule, rows, columns, meta, said }: Exported,
): Promise<Manifest> {
  const aside = `${folder}.aside`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  copyFileSync(rows, join(aside, ROWS_FILE));
  safe(join(aside, ROWS_FILE));
  let count = 0;
  const files: ExportFile[] = [];
  for (const format of schedule.formats) {
    const name = `${schedule.id}.${format}`;
    const guarded = schedule.profile === 'spreadsheet' && TEXTS.has(format);
    const read = async function* () {
      count = 0;
      for await (const chunk of rowsIn(connection, rows)) {
        count += chunk.length;
        yield guarded ? chunk.map((row) => guard(row, columns)) : chunk;
      }
    };
    const table = { columns, rows: read(), meta: { ...meta, ms: 0 }, next: null };
    files.push({ name, format, ...(await writeFile(join(aside, name), BY_NAME[format]!.write(table))) });
  }
  const manifest: Manifest = { ...said, rows: count, types: columns, files };
  writeWhole(join(aside, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  safe(aside);
  // What a kill has left there nobody was told of.
  rmSync(folder, { recursive: true, force: true });
  await rename(aside, folder);
  return manifest;
}

/** Formats whose texts a spreadsheet reads. */
const TEXTS = new Set<FileFormat>(['csv', 'tsv']);
/** What makes a text a formula: OWASP's list of CSV injection, and the full-width forms that spreadsheets take for it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A row whose texts no spreadsheet runs; numbers, instants and truths are as they were. */
export function guard(row: Row, columns: Columns): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    const isText = columns[name] === 'text' && typeof value === 'string';
    return [name, isText && FORMULA.test(value) ? `'${value}` : value];
  });
  return Object.fromEntries(entries);
}

async function* rowsIn(connection: DuckDBConnection, file: string): AsyncGenerator<Row[]> {
  yield* rowsOf(await connection.stream(sql(import.meta.url, 'exported'), { file }));
}

/** Bytes and SHA-256 of what was written, which is safe on disk then. */
async function writeFile(
  file: string,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<Pick<ExportFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  const handle = await open(file, 'w', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      hash.update(buffer);
      bytes += buffer.length;
      await handle.writeFile(buffer);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function safe(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** The columns of an answer that was kept as Parquet. */
export async function columnsIn(connection: DuckDBConnection, file: string): Promise<Columns> {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'exported_columns'), { file });
  return Object.fromEntries(found.getRows().map(([name, type]) => [String(name), TYPES[String(type)] ?? 'text']));
}
const TYPES: Record<string, Columns[string]> = { DOUBLE: 'number', BOOLEAN: 'boolean', TIMESTAMP: 'instant' };

/** Rows that an answer has and the one before had not, and the other way round. */
export async function difference(connection: DuckDBConnection, before: string, after: string) {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'exported_changes'), { before, after });
  const [added, gone] = found.getRows()[0]!.map(Number);
  return { added: added!, gone: gone! };
}

/** Whether a file of rows is there. */
export const isThere = (file: string): boolean => {
  try {
    return statSync(file).isFile() && readFileSync(file).length > 0;
  } catch {
    return false;
  }
};

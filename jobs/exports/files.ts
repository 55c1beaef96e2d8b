import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { BY_NAME } from '../../services/formats/formats.ts';
import { MANIFEST, type Manifest, ownRevisions, ROWS_FILE } from '../../services/ledger/exported.ts';
import { writeWhole } from '../../services/ledger/whole.ts';
import { type Columns, type ColumnType, type Meta, SQL_TYPE } from '../../services/model/query.ts';
import type { ExportFile, FileFormat, Schedule } from '../../services/model/schedule.ts';
import { rowsOf } from '../../services/store/rows.ts';
import { sql } from '../../services/store/sql.ts';
import { safe } from './place.ts';
import { isText, writeText } from './text.ts';

/** What is written for a window: the rows of an answer, which lie in the folder as Parquet, and what the manifest says beside its files. */
export type Exported = {
  schedule: Pick<Schedule, 'formats' | 'profile'>;
  /** what each file is called */
  names: ReadonlyMap<FileFormat, string>;
  columns: Columns;
  meta: Meta;
  said: Omit<Manifest, 'files' | 'types' | 'rows'>;
};

/** Hears how far it is: files that are written, and rows of the next. */
export type Told = (files: number, name: string, rows: number) => void;

/**
 * Writes the files of a window's revision into a folder that has its rows, each whole and safe on disk, the manifest last. Resolves
 * to the manifest. Flat in memory, however many rows.
 */
export async function writeExport(
  connection: DuckDBConnection,
  folder: string,
  { schedule, names, columns, meta, said }: Exported,
  told: Told = () => {},
  signal?: AbortSignal,
): Promise<Manifest> {
  const rows = join(folder, ROWS_FILE);
  const files: ExportFile[] = [];
  const parquet = names.get('parquet');
  for (const format of schedule.formats) {
    signal?.throwIfAborted();
    const name = names.get(format)!;
    told(files.length, name, 0);
    const file = join(folder, name);
    // The rows themselves are that file; they get its name when nobody reads them any more.
    const at = format === 'parquet' ? rows : file;
    if (isText(format)) await writeText(connection, rows, file, columns, { ...schedule, format });
    else if (format !== 'parquet')
      await stream(
        file,
        tableOf(connection, rows, columns, lastingOf(meta, said), format, (count) => told(files.length, name, count)),
        signal,
      );
    files.push({ name, format, ...(await sealed(at)) });
  }
  if (parquet !== undefined) renameSync(rows, join(folder, parquet));
  else await sealed(rows);
  const manifest: Manifest = { ...said, rows: meta.rows ?? 0, types: columns, files };
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  safe(folder);
  return manifest;
}

/** What JSON says beside its rows: what comes of the window and the question, as in the manifest, and nothing of how or when it was read. */
function lastingOf(meta: Meta, said: Exported['said']): Meta {
  const { ms: _, read: __, readFrom: ___, settled: ____, ...lasting } = meta;
  return { ...lasting, revision: ownRevisions(meta.revision, said), asSeen: said.asSeen } as Meta;
}

/** The rows as a format has them, a chunk at a time. */
function tableOf(
  connection: DuckDBConnection,
  file: string,
  columns: Columns,
  meta: Meta,
  format: FileFormat,
  told: (rows: number) => void,
): AsyncIterable<string | Uint8Array> {
  const rows = async function* () {
    let count = 0;
    for await (const chunk of rowsOf(await connection.stream(sql(import.meta.url, 'rows'), { file }))) {
      yield chunk;
      count += chunk.length;
      told(count);
    }
  };
  return BY_NAME[format]!.write({ columns, rows: rows(), meta, next: null });
}

/** Bytes that are gathered before they are written. */
const GATHERED = 2 ** 20;

async function stream(file: string, chunks: AsyncIterable<string | Uint8Array>, signal?: AbortSignal): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    let [held, bytes]: [Buffer[], number] = [[], 0];
    const flush = async () => {
      await handle.writeFile(Buffer.concat(held));
      [held, bytes] = [[], 0];
    };
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      const buffer = Buffer.from(chunk as Uint8Array);
      held.push(buffer);
      bytes += buffer.length;
      if (bytes >= GATHERED) await flush();
    }
    await flush();
  } finally {
    await handle.close();
  }
}

/** Bytes and SHA-256 of what was written, which is safe on disk then. */
async function sealed(file: string): Promise<Pick<ExportFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: GATHERED })) hash.update(chunk as Buffer);
  safe(file);
  chmodSync(file, 0o600);
  return { bytes: statSync(file).size, sha256: hash.digest('hex') };
}

/** The columns of an answer that was kept as Parquet; pivots and records have no `json`. */
export async function columnsIn(connection: DuckDBConnection, file: string): Promise<Columns> {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'columns'), { file });
  return Object.fromEntries(found.getRows().map(([name, type]) => [String(name), typeIn(String(type), String(name))]));
}

/** The process that answers may be of another version, while both are being changed. */
function typeIn(type: string, name: string): ColumnType {
  const found = TYPES.get(type);
  if (!found) throw new Error(`expected a column of ${[...TYPES.keys()].join(', ')}, found ${name} of ${type}`);
  return found;
}
const TYPES = new Map(Object.entries(SQL_TYPE).map(([type, name]) => [name, type as ColumnType]));

import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sql } from './sql.ts';

/** Raised when a table changes its shape; a newer folder is refused. */
const SCHEMA_VERSION = 1;
/** Share of the memory of the machine, or of its container, that DuckDB may take before it spills. */
const MEMORY_SHARE = 0.25;
/** Bytes of log after which DuckDB moves it into the file; until then its rows are in memory, half as much again. */
const CHECKPOINT = '32MB';
const SPILL_MAX = '20GB';
/** What a DuckDB may hold that only passes rows on. */
export const SCRATCH_MEMORY = '256MiB';
/** Where what lies in memory only goes when it does not fit. */
const SPILL = join(tmpdir(), 'hallway.spill');

/** The file by whose lock a data folder is one process's. */
export const OWNER = 'owner.duckdb';

/** Below the folder of a database: what is copied out of it. */
export const COPIES = 'copies';

/** The one open DuckDB file of this process. Connections share it; closing it ends them. */
export type Database = {
  /** null: it is in memory */
  folder: string | null;
  connect(): Promise<DuckDBConnection>;
  close(): void;
};

/** A folder that cannot be used, said in a sentence for whoever started the process. */
export class FolderRefused extends Error {}

/**
 * Opens `hallway.duckdb` in a folder, makes its tables, and closes the door behind it: no extension is loaded, no
 * other file can be read or written from SQL, but for those below `readable` folders. A DuckDB file has one owning process.
 * Without a folder it is in memory.
 *
 * @param memory what it may take before it spills, as DuckDB has sizes (`1GiB`)
 */
export async function openDatabase(
  folder: string | null,
  readable: string[] = [],
  memory = LIMITS.memory_limit,
): Promise<Database> {
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = folder === null ? ':memory:' : join(folder, 'hallway.duckdb');
  const spill = folder === null ? SPILL : `${file}.spill`;
  const instance = await open(file, spill, folder ?? 'memory', memory);
  const first = await instance.connect();
  try {
    await migrate(first, folder ?? 'memory');
  } catch (error) {
    first.closeSync();
    instance.closeSync();
    throw error;
  }
  // From here on SQL reaches this file, what it spills and what is copied out, and nobody can change that.
  await first.run(shut([...readable, ...(folder === null ? [] : [join(folder, COPIES)])]));
  first.closeSync();
  return { folder, connect: () => instance.connect(), close: () => instance.closeSync() };
}

/** A DuckDB of one's own, for one question: it ends with `close`. */
export type Memory = { connection: DuckDBConnection; connect(): Promise<DuckDBConnection>; close(): void };

/** @param folders below which its SQL may read and write files; none, or null: nowhere */
export const openMemory = (...folders: (string | null)[]): Promise<Memory> =>
  openOwn(
    { temp_directory: SPILL },
    folders.filter((folder) => folder !== null),
  );

/** One through which rows go to a file below a folder: what is more than a little of them waits on disk, so that memory is flat. */
export const openScratch = (folder: string): Promise<Memory> =>
  openOwn({ temp_directory: join(folder, 'spill'), memory_limit: SCRATCH_MEMORY }, [folder]);

async function openOwn(options: Record<string, string>, folders: string[]): Promise<Memory> {
  const instance = await DuckDBInstance.create(':memory:', { ...LIMITS, ...options });
  const connection = await instance.connect();
  await connection.run(shut(folders));
  return {
    connection,
    connect: () => instance.connect(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Closes the door: no file but those below some folders, no ATTACH, and no SET after it. */
const shut = (folders: string[]): string =>
  [
    `SET allowed_directories = [${folders.map((folder) => `'${resolve(folder).replaceAll("'", "''")}'`).join()}]`,
    // Instants are read and compared in UTC, whatever the zone of this machine.
    "SET GLOBAL TimeZone = 'UTC'",
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ].join('; ');

/** 0: there is no limit but the machine's. */
const memoryOf = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

const LIMITS = {
  threads: '2',
  memory_limit: `${Math.round((memoryOf() * MEMORY_SHARE) / 2 ** 20)}MiB`,
  max_temp_directory_size: SPILL_MAX,
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * Holds a folder for this process alone, until it ends or the function that comes back is called. Throws a sentence if
 * another one holds it. The lock is the system's, on a DuckDB file of its own, so no kill leaves it behind.
 */
export async function holdFolder(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const instance = await open(join(folder, OWNER), SPILL, join(folder, 'main'));
  let isHeld = true;
  return () => {
    if (isHeld) instance.closeSync();
    isHeld = false;
  };
}

async function open(
  file: string,
  spill: string,
  folder: string,
  memory = LIMITS.memory_limit,
): Promise<DuckDBInstance> {
  // A disk that was full leaves an empty file, which is no database, and holds nothing.
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
  // From before whatever a process makes was for its owner alone.
  for (const old of [file, `${file}.wal`]) if (existsSync(old)) chmodSync(old, 0o600);
  try {
    return await DuckDBInstance.create(file, {
      ...LIMITS,
      memory_limit: memory,
      temp_directory: spill,
      checkpoint_threshold: CHECKPOINT,
    });
  } catch (error) {
    if (String(error).includes('Could not set lock'))
      throw new FolderRefused(
        `${dirname(folder)} is in use by another process; stop that one or set DATA_DIR to another folder`,
      );
    const [said] = (error as Error).message.split('\n');
    throw new FolderRefused(`${file} cannot be opened: ${said}`);
  }
}

async function migrate(connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const found = await connection.runAndReadAll('SELECT max(version) FROM schema_version');
  const version = Number(found.getRows()[0]?.[0] ?? SCHEMA_VERSION);
  if (version > SCHEMA_VERSION)
    throw new FolderRefused(
      `${folder} was written by a newer Hallway (schema ${version}, this one knows ${SCHEMA_VERSION}); use that one`,
    );
  await connection.run('BEGIN');
  await connection.run(sql(import.meta.url, 'schema'));
  if (found.getRows()[0]?.[0] == null) await connection.run(`INSERT INTO schema_version VALUES (${SCHEMA_VERSION})`);
  await connection.run('COMMIT');
}

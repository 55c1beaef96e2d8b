import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from './database.ts';
import { sql } from './sql.ts';
import { KINDS } from './tables.ts';

/** What a database held at an instant, while others write on. `close` has to be called. */
export type Snapshot = {
  counts: { observations: number; rejects: number };
  /** Writes it into its file, once. Throws when `signal` aborts. */
  write(signal: AbortSignal): Promise<void>;
  close(): void;
};

const TABLES = [...KINDS, 'reject', 'name', 'last_position'];

/**
 * Prepares a file for a snapshot in a folder of its own, which has to lie below `copies`: a database with our tables, empty. What comes
 * back holds on to what is stored when it is called, and is called where nobody stores.
 */
export async function prepareSnapshot(database: Database, folder: string): Promise<() => Promise<Snapshot>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  (await openDatabase(folder)).close();
  return () => hold(database, join(folder, 'hallway.duckdb'));
}

async function hold(database: Database, file: string): Promise<Snapshot> {
  const connection = await database.connect();
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.closeSync();
    isOpen = false;
  };
  try {
    await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS kept`);
    await connection.run('BEGIN');
    // The first reading decides what the transaction sees, to its end.
    const found = await connection.runAndReadAll(sql(import.meta.url, 'snapshot_counts'));
    const [observations, rejects] = found.getRows()[0] as [number, number];
    return { counts: { observations, rejects }, write, close };
  } catch (error) {
    close();
    throw error;
  }

  async function write(signal: AbortSignal): Promise<void> {
    const interrupt = () => connection.interrupt();
    signal.addEventListener('abort', interrupt);
    try {
      for (const table of TABLES) {
        signal.throwIfAborted();
        await connection.run(`INSERT INTO kept.${table} SELECT * FROM ${table}`);
      }
      await connection.run('COMMIT');
      await connection.run('DETACH kept');
    } finally {
      signal.removeEventListener('abort', interrupt);
      close();
    }
  }
}

import { existsSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COPIES, openDatabase } from './database.ts';
import { prepareSnapshot } from './snapshot.ts';

const FILE = 'hallway.duckdb';
/** Lies beside a database that has to be written anew. */
const DUE = `${FILE}.anew`;

/**
 * Says that the database of a folder has to be written anew when it is opened next: DuckDB marks what was deleted, and leaves its bytes
 * in the file.
 */
export const rewriteLater = (folder: string): void => writeFileSync(join(folder, DUE), '', { mode: 0o600 });

/**
 * Writes the database of a folder anew where that is due, and the disk has room for both; nobody may have it open. What a kill
 * breaks off is done by the next start. Resolves to whether nothing is due any more.
 */
export async function rewriteDue(folder: string): Promise<boolean> {
  const [due, file, aside] = [join(folder, DUE), join(folder, FILE), join(folder, COPIES, 'anew')];
  if (!existsSync(due)) return true;
  rmSync(aside, { recursive: true, force: true });
  const { bavail, bsize } = statfsSync(folder);
  if (statSync(file).size > bavail * bsize) return false;
  const database = await openDatabase(folder);
  try {
    const hold = await prepareSnapshot(database, aside);
    await (await hold()).write(new AbortController().signal);
  } finally {
    database.close();
  }
  // A log that is left belongs to the file of before.
  if (existsSync(`${file}.wal`)) return false;
  renameSync(join(aside, FILE), file);
  rmSync(aside, { recursive: true });
  rmSync(due);
  return true;
}

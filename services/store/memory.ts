import type { Database } from './database.ts';
import { sql } from './sql.ts';

/** What a database holds in memory by what it is for, in its own words, bytes. */
export async function memoryIn(database: Database): Promise<Record<string, number>> {
  const connection = await database.connect();
  try {
    const found = await connection.runAndReadAll(sql(import.meta.url, 'memory'));
    return Object.fromEntries(found.getRows() as [string, number][]);
  } finally {
    connection.closeSync();
  }
}

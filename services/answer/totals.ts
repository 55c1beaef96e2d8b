import type { Database } from '../store/database.ts';
import { sql } from '../store/sql.ts';
import { all, run } from './run.ts';

/**
 * What is stored in all; `own` are the observations and rejects that nobody simulated, `received` is of the newest
 * observation, UTC ms, or null.
 */
export type Totals = { observations: number; rejects: number; own: number; received: number | null };

export async function totals(database: Database): Promise<Totals> {
  const [row] = await all(run(database, { text: sql(import.meta.url, 'totals'), values: {} }));
  return row as Totals;
}

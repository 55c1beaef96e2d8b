import { fileOf, readParts } from '../ledger/manifest.ts';
import type { Normal, Usual } from '../model/normal.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** `version` is the SHA-256 of its file. */
export type Baseline<One = Normal> = { version: string; revision: number; rows: One[] };

/**
 * The newest baseline of a day of the venue's zone, its SHA-256 as its version, of occupancy alone; null where there is none.
 * Many days are asked for at once, and again.
 */
export const readBaseline = reader<Normal>('baseline', 64);

/** The same of all measures, with what says "usually". Of today and of the day that is looked at. */
export const readUsual = reader<Usual>('usual', 4);

/** What a statement reads of baselines. A file that a manifest names is never written again: the last `most` are kept read. */
function reader<One>(statement: string, most: number) {
  const kept = new Map<string, Promise<One[]>>();
  const rowsIn = (house: string, file: string): Promise<One[]> => {
    const found = kept.get(file) ?? (read(statement, house, file) as Promise<One[]>);
    kept.delete(file);
    kept.set(file, found);
    found.catch(() => kept.delete(file));
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return found;
  };
  return async (house: string, day: string): Promise<Baseline<One> | null> => {
    const part = readParts(house, 'baselines')
      .filter((one) => one.day === day)
      .at(-1);
    if (!part) return null;
    const rows = await rowsIn(house, fileOf(house, 'baselines', part));
    return { version: part.sha256, revision: part.revision, rows };
  };
}

async function read(statement: string, house: string, file: string): Promise<unknown[]> {
  const memory = await openMemory(house);
  try {
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, statement), { file })))
      rows.push(...chunk);
    return rows;
  } finally {
    memory.close();
  }
}

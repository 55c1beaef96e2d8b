import { fileOf, readParts } from '../ledger/manifest.ts';
import type { Normal } from '../model/normal.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** `version` is the SHA-256 of its file. */
export type Baseline = { version: string; revision: number; rows: Normal[] };

/** The newest baseline of a day of the venue's zone, its SHA-256 as its version; null where there is none. */
export async function readBaseline(house: string, day: string): Promise<Baseline | null> {
  const part = readParts(house, 'baselines')
    .filter((one) => one.day === day)
    .at(-1);
  if (!part) return null;
  const memory = await openMemory(house);
  try {
    const rows: Row[] = [];
    const file = fileOf(house, 'baselines', part);
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, 'baseline'), { file })))
      rows.push(...chunk);
    return { version: part.sha256, revision: part.revision, rows: rows as Normal[] };
  } finally {
    memory.close();
  }
}

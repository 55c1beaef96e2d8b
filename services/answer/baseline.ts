import { fileOf, readParts } from '../ledger/manifest.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** What is normal in a room from when until when (UTC ms), of occupancy. */
export type Normal = { room: string; from: number; until: number; median: number; low: number; high: number };

/** The newest baseline of a day of the venue's zone, its SHA-256 as its version; null where there is none. */
export async function readBaseline(house: string, day: string): Promise<{ version: string; rows: Normal[] } | null> {
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
    return { version: part.sha256, rows: rows as Normal[] };
  } finally {
    memory.close();
  }
}

import { fileOf, readParts } from '../ledger/manifest.ts';
import type { Normal } from '../model/normal.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';

/** `version` is the SHA-256 of its file. */
export type Baseline = { version: string; revision: number; rows: Normal[] };

/** Baselines that are kept read at most. */
const KEPT_MAX = 64;
const kept = new Map<string, Promise<Normal[]>>();

/** The newest baseline of a day of the venue's zone, its SHA-256 as its version; null where there is none. */
export async function readBaseline(house: string, day: string): Promise<Baseline | null> {
  const part = readParts(house, 'baselines')
    .filter((one) => one.day === day)
    .at(-1);
  if (!part) return null;
  const rows = await rowsIn(house, fileOf(house, 'baselines', part));
  return { version: part.sha256, revision: part.revision, rows };
}

/** A file that a manifest names is never written again, so it is read once. */
function rowsIn(house: string, file: string): Promise<Normal[]> {
  const found = kept.get(file) ?? read(house, file);
  kept.delete(file);
  kept.set(file, found);
  found.catch(() => kept.delete(file));
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return found;
}

async function read(house: string, file: string): Promise<Normal[]> {
  const memory = await openMemory(house);
  try {
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, 'baseline'), { file })))
      rows.push(...chunk);
    return rows as Normal[];
  } finally {
    memory.close();
  }
}

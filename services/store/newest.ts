import type { DuckDBConnection } from '@duckdb/node-api';
import { KINDS, TABLES } from './tables.ts';

/** Subjects whose newest time is kept; those past it are looked up in the tables each time, which is slower. */
export const SUBJECTS_MAX = 2_000_000;

/**
 * The newest time of each subject (a pair of gateway and badge, of sensor and quantity). An observation that is newer
 * than all that its subject ever said cannot be known already, so only the others have to be looked for.
 */
export type Newest = {
  /** True if this observation is newer than all before it; remembers it then. */
  isNew(kind: number, subject: number, about: number, time: number): boolean;
};

export async function loadNewest(connection: DuckDBConnection): Promise<Newest> {
  const times = KINDS.map(() => new Map<number, Map<number, number>>());
  let subjects = 0;
  const of = (kind: number, subject: number) => {
    const known = times[kind]!.get(subject) ?? new Map<number, number>();
    times[kind]!.set(subject, known);
    return known;
  };
  for (const [i, kind] of KINDS.entries()) {
    const [subject, about] = TABLES[kind].names;
    const rows = await connection.runAndReadAll(
      `SELECT ${subject}, ${about}, epoch_ms(max(time))::DOUBLE FROM ${kind} GROUP BY ALL`,
    );
    for (const [a, b, time] of rows.getRows()) of(i, a as number).set(b as number, time as number);
    subjects += rows.currentRowCount;
  }
  const isNew = (kind: number, subject: number, about: number, time: number): boolean => {
    const known = of(kind, subject);
    const newest = known.get(about);
    if (newest === undefined ? subjects >= SUBJECTS_MAX : time <= newest) return false;
    if (newest === undefined) subjects += 1;
    known.set(about, time);
    return true;
  };
  return { isNew };
}

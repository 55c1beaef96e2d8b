import type { DuckDBConnection } from '@duckdb/node-api';
import { KINDS, TABLES } from './tables.ts';

/** Subjects whose newest time is kept; those past it are looked up in the tables each time, which is slower. */
export const SUBJECTS_MAX = 2_000_000;
/** Two codes make one exact number as long as neither reaches this. */
const CODES_MAX = 2 ** 26;

/**
 * The newest time of each subject (a pair of gateway and badge, of sensor and quantity). An observation that is newer
 * than all that its subject ever said cannot be known already, so only the others have to be looked for.
 */
export type Newest = {
  /** True if this observation is newer than all before it; remembers it then. */
  isNew(kind: number, subject: number, about: number, time: number): boolean;
};

export async function loadNewest(connection: DuckDBConnection): Promise<Newest> {
  const times = KINDS.map(() => new Map<number, number>());
  const key = (subject: number, about: number) => subject * CODES_MAX + about;
  for (const [i, kind] of KINDS.entries()) {
    const [subject, about] = TABLES[kind].names;
    const rows = await connection.runAndReadAll(
      `SELECT ${subject}, ${about}, epoch_ms(max(time))::DOUBLE FROM ${kind} GROUP BY ALL`,
    );
    for (const [a, b, time] of rows.getRows()) times[i]!.set(key(a as number, b as number), time as number);
  }
  const isNew = (kind: number, subject: number, about: number, time: number): boolean => {
    const known = times[kind]!;
    const at = key(subject, about);
    const newest = known.get(at);
    if (newest === undefined ? known.size >= SUBJECTS_MAX : time <= newest) return false;
    known.set(at, time);
    return true;
  };
  return { isNew };
}

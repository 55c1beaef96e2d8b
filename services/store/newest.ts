import type { DuckDBConnection } from '@duckdb/node-api';
import { KINDS, TABLES } from './tables.ts';

/** Subjects whose newest time is kept; those past it are looked up in the tables each time, which is slower. */
const SUBJECTS_MAX = 2_000_000;

/**
 * The newest time of each subject (a pair of gateway and badge, of sensor and quantity). An observation that is newer
 * than all that its subject ever said cannot be known already, so only the others have to be looked for.
 */
export type Newest = {
  /** True if this observation is newer than all before it; remembers it then. */
  isNew(kind: number, subject: number, about: number, time: number): boolean;
};

export async function loadNewest(connection: DuckDBConnection): Promise<Newest> {
  // by kind and subject: of each of its pairs, the place of its time
  const places: Map<number, number>[][] = KINDS.map(() => []);
  let times = new Float64Array(1024);
  let subjects = 0;
  const add = (kind: number, subject: number, about: number, time: number) => {
    const known = places[kind]![subject] ?? new Map<number, number>();
    places[kind]![subject] = known.set(about, subjects);
    if (subjects === times.length) {
      const more = new Float64Array(2 * subjects);
      more.set(times);
      times = more;
    }
    times[subjects++] = time;
  };
  for (const [i, kind] of KINDS.entries()) {
    const [subject, about] = TABLES[kind].names;
    const rows = await connection.runAndReadAll(
      `SELECT ${subject}, ${about}, epoch_ms(max(time))::DOUBLE FROM ${kind} GROUP BY ALL`,
    );
    for (const [a, b, time] of rows.getRows()) add(i, a as number, b as number, time as number);
  }
  const isNew = (kind: number, subject: number, about: number, time: number): boolean => {
    const place = places[kind]![subject]?.get(about);
    if (place === undefined) {
      if (subjects >= SUBJECTS_MAX) return false;
      add(kind, subject, about, time);
      return true;
    }
    if (time <= times[place]!) return false;
    times[place] = time;
    return true;
  };
  return { isNew };
}

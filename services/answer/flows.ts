import type { Columns, Query } from '../model/query.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import type { FrameTables } from './frames.ts';
import { type PresencesFound, presencesOf } from './presences-of.ts';

/** Badges that went from `room` to `to`, by the minute in which they were there first. */
export const FLOW_COLUMNS: Columns = { time: 'instant', room: 'text', to: 'text', count: 'integer' };

/** A badge that was nowhere for up to so long has still gone from one room to the other, ms. */
const BETWEEN_MS = 600_000;

/**
 * The moves of a span (UTC ms), of presences of the revision that is asked for. Whom a movable wall puts into another room has gone
 * nowhere.
 */
export async function flowRows(
  query: Query,
  from: FrameTables,
  signal?: AbortSignal,
): Promise<{ rows: Row[] } & Omit<PresencesFound, 'memory'>> {
  const { from: first = 0, until = Number.MAX_SAFE_INTEGER } = query.span ?? {};
  const { memory, ...said } = await presencesOf(query, from, signal, BETWEEN_MS);
  try {
    const values = { from: BigInt(first) * 1000n, until: BigInt(until) * 1000n };
    const isWall = new Set(from.venue().merges.flatMap(({ room, of }) => of.flatMap((part) => bothWays(room, part))));
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await memory.connection.stream(sql(import.meta.url, 'flows'), values)))
      rows.push(...chunk.filter((row) => !isWall.has(pairOf(row.room, row.to))));
    return { rows, ...said };
  } finally {
    memory.close();
  }
}

const pairOf = (room: unknown, to: unknown): string => `${room} ${to}`;
const bothWays = (one: string, other: string): string[] => [pairOf(one, other), pairOf(other, one)];

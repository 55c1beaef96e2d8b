import type { Query } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import { type Memory, openMemory } from '../store/database.ts';
import { sql } from '../store/sql.ts';
import type { FrameTables } from './frames.ts';
import { createPresenceTable, presenceTaker } from './presences.ts';
import { type Read, readingOf } from './revisions.ts';
import { seen } from './seen.ts';
import { type Ended, spanSeen } from './span.ts';

/** The presences of a span as a table to be asked, which its asker closes; and what was read. */
export type PresencesFound = {
  memory: Memory;
  revisions: { day: string; revision: number }[];
  readFrom: string;
  span: Ended;
};

/**
 * Gathers the presences that touch a span, each day by its revision: from Parquet, or from the as-seen record. `lead`: so long
 * before it is gathered too, ms; days before it need not have the revision that is asked for.
 */
export async function presencesOf(
  query: Query,
  from: FrameTables,
  signal?: AbortSignal,
  lead = 0,
): Promise<PresencesFound> {
  const { zone } = from.venue();
  const asked = spanSeen(query.span, from, zone);
  const span = { from: asked.from - lead, until: asked.until };
  const own = asked.from < asked.until ? readingOf(asked, zone, query.revision ?? 'latest', from) : [];
  const reads = own[0] ? [...leading({ from: span.from, until: own[0].from }, query, from), ...own] : [];
  const told = reads.filter(({ from_ }) => from_ !== 'nothing');
  const memory = await openMemory(from.house);
  try {
    await createPresenceTable(memory.connection);
    for (const read of told) await fill(memory, read, span, from, signal);
    const sources = new Set(told.map(({ from_ }) => (from_ === 'files' ? 'presences' : 'as-seen record')));
    return {
      memory,
      revisions: told.map(({ day, revision }) => ({ day, revision })),
      readFrom: [...sources].sort().join(', ') || 'as-seen record',
      span: asked,
    };
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** What is read of the days before those that are asked for: as seen where that is asked for, else their newest. */
function leading(span: Span, { revision }: Query, from: FrameTables): Read[] {
  const isSeen = revision === 'as-seen' || revision === 0;
  return readingOf(span, from.venue().zone, isSeen ? 'as-seen' : 'latest', from);
}

async function fill({ connection }: Memory, read: Read, span: Span, from: FrameTables, signal?: AbortSignal) {
  if (read.from_ === 'files') {
    const values = { from: BigInt(span.from) * 1000n, until: BigInt(span.until) * 1000n, file: read.presences };
    await connection.run(sql(import.meta.url, 'presences_touching'), values);
    return;
  }
  const part = { from: Math.max(read.from, span.from), until: Math.min(read.until, span.until) };
  const { presences } = await seen(from.record, part, () => {}, signal);
  const taker = await presenceTaker(connection);
  for (const presence of presences) taker.take(presence);
  taker.close();
}

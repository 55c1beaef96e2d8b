import { type Part, publish, readParts, sweep } from '../services/ledger/manifest.ts';
import { daysIn } from '../services/model/day.ts';
import type { Span } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';
import type { Bench, Chore, Job, Made } from './job.ts';

const HOUR_MS = 3_600_000;

/**
 * With InfluxDB, the observations of each hour (UTC) that is over, in Parquet, so that questions about more than may be
 * copied are answered from there. One whose copy differs has a new revision; who reads it counts first whether it is still all.
 */
export const hours: Job = {
  name: 'hours',
  summary: 'Writes the observations of closed hours into Parquet, and again those that were touched since',
  cron: '5 * * * *',
  after: [],
  async run(day, bench) {
    const made: Made = { rows: 0, revisions: [] };
    const closed = hoursOf(day).filter(({ until }) => until <= bench.now());
    if (closed.length === 0) return made;
    const copy = await bench.copy({ from: closed[0]!.from, until: closed.at(-1)!.until }, 'rows');
    const memory = await bench.database();
    try {
      const known = new Set(readParts(bench.house, 'observations').map((part) => part.day));
      for (const [i, hour] of closed.entries()) {
        bench.signal.throwIfAborted();
        const held = await heldIn(memory, copy, hour);
        if (held.rows === 0 && !known.has(keyOf(hour))) continue;
        const { part, isNew } = await write(memory, copy, hour, held, bench);
        made.rows += part.rows;
        made.revisions.push({ dataset: 'observations', revision: part.revision, isNew });
        bench.progress((i + 1) / closed.length, `the hour from ${keyOf(hour)}:00 UTC`);
      }
    } finally {
      memory.close();
    }
    sweep(bench.house, 'observations', bench.now());
    return made;
  },
};

/** The same of the open day, as its hours close: who asks about today does not wait for a copy of all of it. */
export const hoursToday: Chore = {
  name: 'hours-today',
  summary: 'Writes the observations of the closed hours of the open day into Parquet',
  cron: '5 * * * *',
  async tidy(bench) {
    const now = bench.now();
    return (await hours.run(daysIn({ from: now, until: now + 1 }, bench.venue.zone)[0]!, bench)).rows;
  },
};

/** Hours (UTC) that begin in a span. */
function hoursOf({ from, until }: Span): Span[] {
  const first = Math.ceil(from / HOUR_MS);
  return Array.from({ length: Math.max(0, Math.ceil(until / HOUR_MS) - first) }, (_, i) => ({
    from: (first + i) * HOUR_MS,
    until: (first + i + 1) * HOUR_MS,
  }));
}

/** What an hour is called in the manifest: `2026-11-03T10`. */
const keyOf = ({ from }: Span): string => new Date(from).toISOString().slice(0, 13);

type Held = { rows: number; positions: number[] };

const micros = ({ from, until }: Span) => ({ from: BigInt(from) * 1000n, until: BigInt(until) * 1000n });

/** How much of a copy is of an hour, and how far the river had been read: one position a partition. */
async function heldIn({ connection }: Memory, copy: string, hour: Span): Promise<Held> {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'hour_held'), { copy, ...micros(hour) });
  const parts = found.getRows() as [number, number][];
  return { rows: parts.reduce((sum, [rows]) => sum + rows, 0), positions: parts.map(([, position]) => position) };
}

function write(
  { connection }: Memory,
  copy: string,
  hour: Span,
  { rows, positions }: Held,
  { house, venue, now }: Bench,
): Promise<{ part: Part; isNew: boolean }> {
  const said = { day: keyOf(hour), span: hour, positions, venue: venue.version, rule: '', made: now(), note: null };
  return publish(house, 'observations', { ...said, asSeen: true }, async (file) => {
    await connection.run(sql(import.meta.url, 'hour'), { copy, ...micros(hour), file });
    return rows;
  });
}

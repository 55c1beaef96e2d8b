import type { DuckDBConnection } from '@duckdb/node-api';
import { correctedFrames } from '../locate/correct-frames.ts';
import type { Presence } from '../model/presence.ts';
import type { Span, Venue } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import { rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import type { OpenStore } from './heard-by.ts';
import { learnSkew, observationsPlaced } from './placed.ts';
import { Refused } from './refused.ts';
import { type EachFrame, seen } from './seen.ts';

const HOUR_MS = 3_600_000;
/** Before a span so much teaches what is usual (NUMBERS: What is learnt); after it a gateway's clock may still be behind. */
const BEFORE_MS = 25 * HOUR_MS;
const AFTER_MS = HOUR_MS;

/** What the seconds of a corrected day are made from; `connection` may read `file`, its presences. */
export type Opened = { record: AsSeen; tables: OpenStore; connection: DuckDBConnection; file: string };

/** Makes the corrected frames of a span, an hour at most, from what is stored now. Throws `Refused` for a longer one. */
export async function askedSeconds(
  { record, tables, connection, file }: Opened,
  venue: Venue,
  span: Span,
  each: EachFrame,
  signal?: AbortSignal,
): Promise<void> {
  if (span.until - span.from > HOUR_MS) {
    const expected = 'whole minutes (step, from and until), or an hour at most: corrected seconds are made on asking';
    throw new Refused([{ pointer: '/step', expected, found: `seconds of ${hours(span)} hours of a corrected day` }]);
  }
  const shown = new Set<number>();
  await seen(record, span, (time) => shown.add(time), signal);
  const presences = await presencesOfFile(connection, file);
  const heard = { from: span.from - BEFORE_MS, until: span.until + AFTER_MS };
  const opened = await tables({ dataset: 'observations', span: heard, limit: null });
  const asking = await opened.connect();
  const stop = () => asking.interrupt();
  signal?.addEventListener('abort', stop);
  try {
    const values = { from: BigInt(heard.from) * 1000n, until: BigInt(heard.until) * 1000n };
    await asking.run(sql(import.meta.url, 'heard_between'), values);
    await learnSkew(asking);
    const isShown = (second: number) => shown.has(second);
    await correctedFrames(observationsPlaced(asking), presences, venue, span, isShown, (time, rooms) =>
      each(time, new Map(rooms.map((room) => [room.room, room]))),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    asking.closeSync();
    opened.close();
  }
}

const hours = ({ from, until }: Span): string => ((until - from) / HOUR_MS).toFixed(1);

/** The presences of a file, in the order of `from`. */
export async function presencesOfFile(connection: DuckDBConnection, file: string): Promise<Presence[]> {
  const presences: Presence[] = [];
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'presences_of_file'), { file })))
    presences.push(...(rows as Presence[]));
  return presences;
}

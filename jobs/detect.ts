import { DuckDBTimestampValue } from '@duckdb/node-api';
import { aheadIn } from '../services/model/ahead.ts';
import { openMemory } from '../services/store/database.ts';
import { type Row, rowsOf } from '../services/store/rows.ts';
import { sql } from '../services/store/sql.ts';
import { band, judge, learn, openDetector, SENSITIVITY, stepOf } from './detector.ts';

/** A value at an instant (UTC ms); null: there was none. */
export type Point = { time: number; value: number | null };

/** Half a day of five-minute steps; a file knows no events, and its rungs share one memory. */
const WARMTH = { warm: 150, warmKnown: 150, own: 1_000_000 };
/** A width that no value has: a file's unit is not known. */
const LEAST = 1e-9;

/**
 * Judges a series of any kind, row by row in the order given; times may repeat or go back. Rows (`i` from 0, `time`, `value`,
 * `expected`, `low`, `high`, `score`, `severity`, `rung`) come in the same order; what is not judged has no expectation.
 */
export async function detect(points: readonly Point[], zone: string, sensitivity = SENSITIVITY): Promise<Row[]> {
  if (points.length === 0) return [];
  const memory = await openMemory();
  try {
    const { connection } = memory;
    const times = points.reduce(
      (span, { time }) => ({ from: Math.min(span.from, time), until: Math.max(span.until, time + 1) }),
      {
        from: Number.POSITIVE_INFINITY,
        until: Number.NEGATIVE_INFINITY,
      },
    );
    await openDetector(connection, aheadIn(times, zone));
    await fill(connection, points);
    const step = stepOf(sensitivity);
    await learn(connection, step);
    await band(connection, step);
    await judge(connection, step, WARMTH);
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await connection.stream(sql(import.meta.url, 'detected')))) rows.push(...chunk);
    return rows;
  } finally {
    memory.close();
  }
}

type Connection = Awaited<ReturnType<typeof openMemory>>['connection'];

async function fill(connection: Connection, points: readonly Point[]): Promise<void> {
  const appender = await connection.createAppender('reading');
  for (const [i, { time, value }] of points.entries()) {
    appender.appendVarchar('file');
    appender.appendBigInt(BigInt(i));
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(time)) * 1000n));
    if (value === null) appender.appendNull();
    else appender.appendDouble(value);
    appender.appendBoolean(true);
    appender.appendBoolean(false);
    appender.appendVarchar('');
    appender.appendNull();
    appender.appendInteger(0);
    appender.appendDouble(LEAST);
    appender.appendBoolean(false);
    appender.endRow();
  }
  appender.closeSync();
}

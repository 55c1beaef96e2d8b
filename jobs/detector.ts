import { DuckDBTimestampValue } from '@duckdb/node-api';
import type { Ahead } from '../services/model/ahead.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';

/** What a distance is divided by (a share of so many readings in memory), and from which quotient on it is major. */
type Step = { share: number; memory: number; limit: number; factor: number };

/**
 * The one knob, "how rare must it be?": 1 is the rarest. Each step has the threshold that suited it in trials (ANOMALY §4);
 * `factor` widths beyond the quartiles is minor.
 */
export const SENSITIVITIES: Readonly<Record<number, Step>> = {
  1: { share: 1, memory: 1200, limit: 1.1, factor: 1.5 },
  2: { share: 1, memory: 400, limit: 1.17, factor: 1.5 },
  3: { share: 0.995, memory: 1200, limit: 1.37, factor: 1.25 },
  4: { share: 0.98, memory: 1200, limit: 1.52, factor: 1 },
};
export const SENSITIVITY = 1;

/** Days that a baseline looks back: eight weeks, as `banded.sql` has them. */
export const LOOKBACK_DAYS = 56;

type Connection = Memory['connection'];

/** Makes the tables that `judge` reads: `reading`, to be filled by whoever asks, and `zone`. */
export async function openDetector(connection: Connection, zone: readonly Ahead[]): Promise<void> {
  await connection.run(sql(import.meta.url, 'detector_tables'));
  const appender = await connection.createAppender('zone');
  for (const { from, aheadMs } of zone) {
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(from) * 1000n));
    appender.appendBigInt(BigInt(aheadMs));
    appender.endRow();
  }
  appender.closeSync();
}

/** From `reading` to `spell` (a value a day and slot) and `teaching` (those of them that teach). */
export async function learn(connection: Connection, { factor }: Step): Promise<void> {
  for (const name of ['place', 'spell', 'banded']) await connection.run(sql(import.meta.url, name));
  await connection.run(sql(import.meta.url, 'teaching'), { factor });
}

/** What is normal in each slot of each day that `teaching` has: the table `band`. */
export async function band(connection: Connection, { factor }: Step): Promise<void> {
  await connection.run(sql(import.meta.url, 'band'), { factor });
}

/** How much must be in memory before anything is major. */
export type Warmth = {
  /** readings on ordinary days, and while an event or a session goes on */
  warm: number;
  warmKnown: number;
  /** readings of one rung from which on its distances are set against those of that rung alone */
  own: number;
};

/**
 * Judges each good reading by its band and by the farthest in recent memory: the table `judged`. No reading's judgement
 * depends on a later one.
 */
export async function judge(connection: Connection, { share, memory, limit }: Step, warmth: Warmth): Promise<void> {
  const { warm, warmKnown, own } = warmth;
  const values = { memory, limit, warm, warm_known: warmKnown, own };
  const statement = sql(import.meta.url, 'judged');
  if (share < 1) await connection.run(statement, { ...values, share });
  else await connection.run(greatest(statement), values);
}

/** The same with the greatest in place of the quantile that it is at a share of 1: a sliding one takes half as long again. */
const greatest = (statement: string): string => statement.replace(/quantile_cont\((\w+), \$share\)/g, 'max($1)');

export const stepOf = (sensitivity = SENSITIVITY): Step => SENSITIVITIES[sensitivity] ?? SENSITIVITIES[SENSITIVITY]!;

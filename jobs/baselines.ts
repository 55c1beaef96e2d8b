import { publish } from '../services/ledger/manifest.ts';
import type { Day } from '../services/model/day.ts';
import { rowsOf } from '../services/store/rows.ts';
import { sql } from '../services/store/sql.ts';
import { band, stepOf } from './detector.ts';
import type { Bench, Job, Made } from './job.ts';
import { BACK_DAYS, type Learnt, learnFor } from './normal.ts';

/** Raised when the detector judges otherwise. */
const DETECTOR = 'detector 2';
const HALF_HOUR_MS = 1_800_000;

/** What is normal on a day in each room, measure and slot, from the days before it alone. */
export const baselines: Job = {
  name: 'baselines',
  summary: 'What is normal in each room at each half hour of the week, from the eight weeks before',
  cron: '*/5 * * * *',
  after: ['frames'],
  back: BACK_DAYS,
  async run(day, bench) {
    const learnt = await learnFor(day, bench, false);
    bench.progress(0.7, 'learnt');
    return writeBaseline(day, bench, learnt);
  },
};

export async function writeBaseline(day: Day, bench: Bench, { connection, parts }: Learnt): Promise<Made> {
  const halves = (day.until - day.from) / HALF_HOUR_MS;
  await connection.run(sql(import.meta.url, 'asked'), { start: BigInt(day.from), halves: BigInt(Math.ceil(halves)) });
  await connection.run(sql(import.meta.url, 'teach_asked'));
  await band(connection, stepOf());
  const { part, isNew } = await publish(bench.house, 'baselines', partOf(day, bench, parts, false), async (file) => {
    await connection.run(sql(import.meta.url, 'baselines'), { file });
    return countOf(connection, file);
  });
  return { rows: part.rows, revisions: [{ dataset: 'baselines', revision: part.revision, isNew }] };
}

/** What a part of a day says of itself; its positions are those of the frames of that day. */
export const partOf = (
  { day, from, until }: Day,
  { venue, now }: Pick<Bench, 'venue' | 'now'>,
  parts: Learnt['parts'],
  asSeen: boolean,
) => ({
  day,
  span: { from, until },
  positions: parts.find((part) => part.day === day)?.positions ?? [],
  venue: venue.version,
  rule: DETECTOR,
  made: now(),
  note: null,
  asSeen,
});

/** Rows of a Parquet file. */
async function countOf(connection: Learnt['connection'], file: string): Promise<number> {
  const counted = await connection.stream('SELECT count(*)::INTEGER AS rows FROM read_parquet($file)', { file });
  for await (const [row] of rowsOf(counted)) return row!.rows as number;
  return 0;
}

import { openAnomalies } from '../services/answer/anomalies.ts';
import { appendInstant } from '../services/answer/minutes.ts';
import { publish } from '../services/ledger/manifest.ts';
import type { Anomaly } from '../services/model/anomaly.ts';
import type { Day } from '../services/model/day.ts';
import { type Row, rowsOf } from '../services/store/rows.ts';
import { sql } from '../services/store/sql.ts';
import { partOf } from './baselines.ts';
import { band, judge, stepOf } from './detector.ts';
import type { Bench, Job, Made } from './job.ts';
import { BACK_DAYS, type Learnt, learnFor } from './normal.ts';
import type { Suspicion } from './sentence.ts';
import { overcrowded, type Reading, type Stuck, stuck, type Unheard, unheard, unusual } from './spells.ts';

/** An event of 3.5 days never has so many readings that something in it is the farthest from normal. */
const WARMTH = { warm: 100, warmKnown: 1200, own: 30 };

/** What was unusual on a day, and which rooms could not be judged. Of a day that is open, what was seen of it so far. */
export const anomalies: Job = {
  name: 'anomalies',
  summary: 'What was unusual in each room, in words, and which rooms could not be judged',
  cron: '*/5 * * * *',
  after: ['frames', 'baselines'],
  back: BACK_DAYS,
  async run(day, bench) {
    const learnt = await learnFor(day, bench, true);
    bench.progress(0.5, 'learnt');
    return judgeDay(day, bench, learnt);
  },
};

export async function judgeDay(day: Day, bench: Bench, learnt: Learnt): Promise<Made> {
  await band(learnt.connection, stepOf());
  await judge(learnt.connection, stepOf(), WARMTH);
  bench.progress(0.8, 'judged');
  const found = await foundOn(day, bench, learnt);
  const frames = learnt.parts.find((part) => part.day === day.day);
  const isSeen = frames === undefined || frames.revision === 0;
  const { part, isNew } = await publish(bench.house, 'anomalies', partOf(day, bench, learnt.parts, isSeen), (file) =>
    write(learnt.connection, found, file),
  );
  return { rows: part.rows, revisions: [{ dataset: 'anomalies', revision: part.revision, isNew }] };
}

async function foundOn(day: Day, bench: Bench, { connection, ahead }: Learnt): Promise<Anomaly[]> {
  const place = { venue: bench.venue, ahead };
  const span = { from: BigInt(day.from) * 1000n, until: BigInt(day.until) * 1000n };
  const ask = <T>(name: string, values: Record<string, bigint | string> = span) =>
    rows(connection, name, values) as Promise<T[]>;
  const file = await bench.copy({ from: day.from, until: Math.min(day.until, bench.now()) }, 'rows');
  return [
    ...unusual(await ask<Suspicion>('suspicious'), place),
    ...overcrowded(await ask<Reading>('crowded'), place),
    ...unheard(await ask<Unheard>('unheard'), place),
    ...stuck(await ask<Stuck>('stuck_badges', { ...span, file }), place),
  ];
}

async function rows(
  connection: Learnt['connection'],
  name: string,
  values: Record<string, bigint | string>,
): Promise<Row[]> {
  const all: Row[] = [];
  for await (const chunk of rowsOf(await connection.stream(sql(import.meta.url, name), values))) all.push(...chunk);
  return all;
}

async function write(connection: Learnt['connection'], found: readonly Anomaly[], file: string): Promise<number> {
  await openAnomalies(connection);
  const appender = await connection.createAppender('anomaly');
  const text = (value: string | null) => (value === null ? appender.appendNull() : appender.appendVarchar(value));
  const figure = (value: number | null) => (value === null ? appender.appendNull() : appender.appendDouble(value));
  for (const one of found) {
    text(one.room);
    text(one.measure);
    appendInstant(appender, one.time);
    appendInstant(appender, one.until);
    for (const value of [one.value, one.expected, one.low, one.high, one.score]) figure(value);
    text(one.severity);
    text(one.rung);
    appender.appendInteger(one.n);
    text(one.sentence);
    text(one.session);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(sql(import.meta.url, 'anomalies'), { file });
  return found.length;
}

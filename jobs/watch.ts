import { readMarks } from '../services/ledger/marks.ts';
import { type Day, daysIn } from '../services/model/day.ts';
import { type Memory, openMemory } from '../services/store/database.ts';
import { judgeDay } from './anomalies.ts';
import { writeBaseline } from './baselines.ts';
import { learn, stepOf } from './detector.ts';
import type { Bench, Chore } from './job.ts';
import { type Past, pastKey, readDay, readPast } from './normal.ts';

/** The day that is open: what is normal on it, for the frames that are made now, and what was unusual on it so far. */
export const watch: Chore = {
  name: 'watch',
  summary: 'What is normal today, and what was unusual so far, as it was seen',
  cron: '* * * * *',
  async tidy(bench) {
    const now = bench.now();
    const today = daysIn({ from: now, until: now + 1 }, bench.venue.zone)[0]!;
    const { past, isNew } = await pastOf(today, bench);
    try {
      // What is normal today changes with the days before alone.
      if (isNew) await passing(past, () => learnt(past).then(() => writeBaseline(today, bench, past)));
      return await passing(past, async () => {
        const parts = [...past.parts, ...(await readDay(past, today, bench))];
        await learnt(past);
        return (await judgeDay(today, bench, { ...past, parts })).rows;
      });
    } catch (error) {
      drop(bench.house);
      throw error;
    }
  },
};

/** By house, what the days before today said, in a DuckDB that stays: to read them anew took most of a look. */
const kept = new Map<string, { key: string; memory: Memory; past: Past }>();

async function pastOf(today: Day, bench: Bench): Promise<{ past: Past; isNew: boolean }> {
  const { house } = bench;
  const marks = await readMarks(bench.ledger);
  const key = pastKey(today, bench, marks);
  const known = kept.get(house);
  if (known?.key === key) return { past: known.past, isNew: false };
  drop(house);
  const memory = await openMemory(house);
  try {
    const past = await readPast(memory.connection, today, bench, marks);
    kept.set(house, { key, memory, past });
    return { past, isNew: true };
  } catch (error) {
    memory.close();
    throw error;
  }
}

function drop(house: string): void {
  kept.get(house)?.memory.close();
  kept.delete(house);
}

const learnt = ({ connection }: Past) => learn(connection, stepOf());

/** Does something with the past that leaves it as it was. */
async function passing<T>({ connection }: Past, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    return await work();
  } finally {
    await connection.run('ROLLBACK');
  }
}

import { createPresenceTable, presenceTaker } from '../services/answer/presences.ts';
import { seen } from '../services/answer/seen.ts';
import { publish } from '../services/ledger/manifest.ts';
import type { Day } from '../services/model/day.ts';
import { type Line, parseLine } from '../services/model/line.ts';
import { sql } from '../services/store/sql.ts';
import type { Bench, Job, Made } from './job.ts';
import { minutesOf, writeMinutes } from './minutes.ts';
import { spanOf } from './presences.ts';

/** Revision 0: an ended day of the as-seen record as presences and minute frames, cell for cell what its fold is. */
export const roll: Job = {
  name: 'roll',
  summary: 'What was shown on an ended day, as files: revision 0 of presences and frames',
  cron: '20 0 * * *',
  after: [],
  run,
};

async function run(day: Day, bench: Bench): Promise<Made> {
  const { house, venue, record, signal } = bench;
  const last = record.days().includes(day.day) ? await lastOf(day, bench) : null;
  if (last === null) return { rows: 0, revisions: [] };
  bench.progress(0, 'folding what was shown');
  const minutes = minutesOf(day, venue);
  const { presences } = await seen(record, day, minutes.add, signal);
  bench.progress(0.8, `${presences.length} presences`);
  const memory = await bench.database();
  await createPresenceTable(memory.connection);
  const taker = await presenceTaker(memory.connection);
  // A day that is over has no open presence, though no other day may have begun.
  for (const one of presences) taker.take({ ...one, until: one.until ?? last.time + 1000 });
  taker.close();
  const said = {
    day: day.day,
    span: spanOf(day),
    positions: last.positions,
    venue: last.venue,
    rule: last.rule,
    made: bench.now(),
    note: null,
    asSeen: true,
  };
  const shown = await publish(house, 'presences', said, async (aside) => {
    await memory.connection.run(sql(import.meta.url, 'presences'), { file: aside });
    return presences.length;
  });
  const summed = await publish(house, 'frames', { ...said, made: bench.now() }, (aside) =>
    writeMinutes(memory, minutes.sums(), shown.part.sha256, aside),
  );
  return {
    rows: presences.length + summed.part.rows,
    revisions: [
      { dataset: 'presences', revision: 0, isNew: shown.isNew },
      { dataset: 'frames', revision: 0, isNew: summed.isNew },
    ],
  };
}

/** The last line of a day that can be read; null where there is none. */
async function lastOf(day: Day, { record, signal }: Bench): Promise<Line | null> {
  let last: string | null = null;
  for await (const text of record.texts(day.day)) {
    signal.throwIfAborted();
    if (text !== '' && parseable(text)) last = text;
  }
  return last === null ? null : parseLine(last);
}

const parseable = (text: string): boolean => text.endsWith('}');

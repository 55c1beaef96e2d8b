import { openCopy, positionsIn, sightingsPlaced } from '../services/answer/placed.ts';
import { createPresenceTable, presenceTaker } from '../services/answer/presences.ts';
import { publish, readParts } from '../services/ledger/manifest.ts';
import { correctedOf } from '../services/locate/corrected.ts';
import { CORRECTED_RULE } from '../services/locate/stays.ts';
import type { Day } from '../services/model/day.ts';
import type { Span } from '../services/model/venue.ts';
import type { Memory } from '../services/store/database.ts';
import { sql } from '../services/store/sql.ts';
import type { Bench, Job, Made } from './job.ts';

const HOUR_MS = 3_600_000;
/** What is learnt of the hours before a day (NUMBERS: What is learnt). */
const BEFORE_MS = 25 * HOUR_MS;
/** After a day it takes so long to know that who lay down in its last minute is parked: 4 h, and two windows that may be torn. */
const AFTER_MS = 4.5 * HOUR_MS;

/** What a job reads of the store for a day. */
export const spanFor = (day: Day): Span => ({ from: day.from - BEFORE_MS, until: day.until + AFTER_MS });

/** Corrected presences: what came late is in its place, clocks are put right, and what came after is known. */
export const presences: Job = {
  name: 'presences',
  summary:
    'Who was where, corrected: late data in its place, clock skew off, rooms decided by what came before and after',
  cron: '*/5 * * * *',
  after: [],
  run,
};

async function run(day: Day, bench: Bench): Promise<Made> {
  const { house, venue } = bench;
  bench.progress(0, 'copying the day and the one before');
  const file = await bench.copy(spanFor(day), 'levels');
  const memory = await bench.database();
  await openCopy(memory.connection, file);
  const { positions, rows: observed } = await positionsIn(memory.connection, day);
  if (observed === 0) return { rows: 0, revisions: [] };
  const rows = await fill(memory, day, bench);
  const before = readParts(house, 'presences').findLast((part) => part.day === day.day && part.revision > 0);
  const note = before ? `${rows} presences instead of ${before.rows}` : null;
  const said = { day: day.day, span: spanOf(day), positions, venue: venue.version, rule: CORRECTED_RULE, note };
  const { part, isNew } = await publish(
    house,
    'presences',
    { ...said, made: bench.now(), asSeen: false },
    async (aside) => {
      await memory.connection.run(sql(import.meta.url, 'presences'), { file: aside });
      return rows;
    },
  );
  bench.progress(1, `${rows} presences`);
  return { rows, revisions: [{ dataset: 'presences', revision: part.revision, isNew }] };
}

export const spanOf = ({ from, until }: Span): Span => ({ from, until });

/** How much of a day is done, told no more often than this. */
const TOLD_EVERY = 100_000;

async function fill({ connection }: Memory, day: Day, { venue, signal, progress }: Bench): Promise<number> {
  await createPresenceTable(connection);
  const taker = await presenceTaker(connection);
  const span = spanFor(day);
  let seen = 0;
  async function* told() {
    for await (const sightings of sightingsPlaced(connection)) {
      signal.throwIfAborted();
      seen += sightings.length;
      if (seen % TOLD_EVERY < sightings.length)
        progress((sightings[0]!.time - span.from) / (span.until - span.from), `${seen} sightings`);
      yield sightings;
    }
  }
  let rows = 0;
  for await (const presence of correctedOf(told(), venue, spanOf(day))) {
    taker.take(presence);
    rows += 1;
  }
  taker.close();
  return rows;
}

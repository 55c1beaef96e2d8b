import { presencesOfFile } from '../services/answer/asked-seconds.ts';
import { observationsPlaced, openCopy } from '../services/answer/placed.ts';
import { fileOf, type Part, publish, readParts } from '../services/ledger/manifest.ts';
import { correctedFrames } from '../services/locate/correct-frames.ts';
import type { Day } from '../services/model/day.ts';
import { parseLine } from '../services/model/line.ts';
import type { Observation } from '../services/model/observation.ts';
import type { Bench, Job, Made } from './job.ts';
import { minutesOf, writeMinutes } from './minutes.ts';
import { spanFor, spanOf } from './presences.ts';

/**
 * Corrected minute frames. A job of its own, after `presences`: which badges clap and feel in a room is known only once it is known who
 * was there, and that needs the hours after.
 */
export const frames: Job = {
  name: 'frames',
  summary:
    'What every room was like by minute, corrected: occupancy of corrected presences, claps, temperature, coverage',
  cron: '*/5 * * * *',
  after: ['presences'],
  run,
};

async function run(day: Day, bench: Bench): Promise<Made> {
  const { house, venue } = bench;
  const from = readParts(house, 'presences').findLast((part) => part.day === day.day && part.revision > 0);
  if (!from) return { rows: 0, revisions: [] };
  bench.progress(0, 'copying the day and the one before');
  const file = await bench.copy(spanFor(day), 'rows');
  const memory = await bench.database();
  await openCopy(memory.connection, file);
  const presences = await presencesOfFile(memory.connection, fileOf(house, 'presences', from));
  const shown = await shownOf(day, bench);
  const minutes = minutesOf(day, venue);
  const observations = told(observationsPlaced(memory.connection), day, bench);
  await correctedFrames(
    observations,
    presences,
    venue,
    spanOf(day),
    (second) => shown.has(second),
    (time, rooms) => minutes.add(time, new Map(rooms.map((room) => [room.room, room]))),
  );
  const { part, isNew } = await publish(house, 'frames', said(day, from, bench), (aside) =>
    writeMinutes(memory, minutes.sums(), from.sha256, aside),
  );
  bench.progress(1, `${part.rows} minutes of rooms`);
  return { rows: part.rows, revisions: [{ dataset: 'frames', revision: part.revision, isNew }] };
}

const said = (day: Day, { revision, positions, rule }: Part, { venue, now }: Bench) => ({
  day: day.day,
  span: spanOf(day),
  positions,
  venue: venue.version,
  rule,
  made: now(),
  note: `from revision ${revision} of presences`,
  asSeen: false,
});

/** The seconds of a day that were shown. */
async function shownOf(day: Day, { record, signal }: Bench): Promise<Set<number>> {
  const shown = new Set<number>();
  if (!record.days().includes(day.day)) return shown;
  for await (const text of record.texts(day.day)) {
    signal.throwIfAborted();
    const time = TIME.exec(text)?.[1] ?? parseLine(text)?.time;
    if (time !== undefined) shown.add(Number(time));
  }
  return shown;
}

const TIME = /^\{"time":(\d+),/;

/** How much of a day is done, told no more often than this. */
const TOLD_EVERY = 100_000;

async function* told(batches: AsyncIterable<Observation[]>, day: Day, { signal, progress }: Bench) {
  const span = spanFor(day);
  let seen = 0;
  for await (const batch of batches) {
    signal.throwIfAborted();
    seen += batch.length;
    if (seen % TOLD_EVERY < batch.length)
      progress((batch[0]!.time - span.from) / (span.until - span.from), `${seen} observations`);
    yield batch;
  }
}

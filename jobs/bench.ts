import { rmSync } from 'node:fs';
import type { Copied } from '../services/model/copied.ts';
import type { Day } from '../services/model/day.ts';
import type { Meta } from '../services/model/query.ts';
import type { Asked } from '../services/model/schedule.ts';
import type { Span } from '../services/model/venue.ts';
import { type Memory, openMemory } from '../services/store/database.ts';
import type { Bench, Chore, Job, Made } from './job.ts';
import type { Performance } from './timetable.ts';

/** Where runs are at work. */
export type Place = Pick<Bench, 'house' | 'now' | 'ledger'> & {
  /** the newest version */
  venue(): Bench['venue'];
  /** from when results are kept, UTC ms; for ever without it */
  keepFrom?(): number;
  /** what was shown, as it is now */
  record(): Bench['record'];
  /** Copies a span (`time`, UTC ms; `Store.copy`) into a Parquet file, which is the caller's to remove. Resolves to its path. */
  copy(span: Span, signal: AbortSignal, what: Copied): Promise<string>;
  /** Has all rows of an answer written into a Parquet file. Resolves to what it says of itself. */
  ask(asked: Asked, file: string, signal: AbortSignal): Promise<Meta>;
};

/** Does a job for a day. */
export const perform = (job: Job, day: Day, place: Place, how: Performance): Promise<Made> =>
  atBench(place, how, (bench) => job.run(day, bench));

/** Keeps up; of what it made nothing is put down. */
export const tidy = (chore: Chore, place: Place, how: Performance): Promise<Made> =>
  atBench(place, how, async (bench) => ({ rows: await chore.tidy(bench), revisions: [] }));

/** What was copied and opened goes when the work ends, however it ends. */
async function atBench(
  place: Place,
  { progress, signal }: Performance,
  work: (bench: Bench) => Promise<Made>,
): Promise<Made> {
  const [copies, opened]: [string[], Set<Memory>] = [[], new Set()];
  try {
    return await work({
      house: place.house,
      venue: place.venue(),
      record: place.record(),
      ledger: place.ledger,
      ...(place.keepFrom && { keepFrom: place.keepFrom }),
      async copy(span, what) {
        const file = await place.copy(span, signal, what);
        copies.push(file);
        return file;
      },
      async database() {
        const memory = await openMemory(place.house);
        const close = () => {
          if (opened.delete(memory)) memory.close();
        };
        opened.add(memory);
        return { ...memory, close };
      },
      ask: (asked, file, own = signal) => place.ask(asked, file, own),
      now: place.now,
      progress,
      signal,
    });
  } finally {
    for (const memory of opened) memory.close();
    for (const file of copies) rmSync(file, { force: true });
  }
}

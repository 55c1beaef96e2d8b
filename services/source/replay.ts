import { BATCH_MAX, type Batch, type Receipt } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import type { ReplayClock } from './replay/clock.ts';
import type { Source } from './source.ts';

/** How long a time a batch spans at most, ms: its frames are made before the next one is asked for. */
const BATCH_SPAN_MS = 300_000;

type Placed = Observation & { position: number };

/** What is replayed, in the order of `received`; `position` is the place in it. */
export type Recorded = { read(place: number): AsyncGenerator<Placed[]> };

/** How far a replay is, and between which bounds; `place` is moved by the source. */
export type Course = {
  /** the first place that is not safe yet */
  place: number;
  /** the position of place 0 */
  base: number;
  /** the first instant (UTC ms of the recording) that is not replayed any more */
  until: number;
  /** where the clock stops when all is safe, UTC ms */
  end: number;
  /** told whenever something is safe or the clock has gone on */
  moved?(): void;
};

/**
 * The past as a source: what was recorded is yielded when it is due by the replay's clock, which goes on when it is safe.
 * Each observation keeps its place, so one that is told again has the same position. It ends with the recording.
 */
export function replaySource(recorded: Recorded, clock: ReplayClock, course: Course): Source {
  const { base, until, end, moved = () => {} } = course;
  return async function* (signal) {
    const rows = cursor(recorded.read(course.place));
    /** Goes on as far as all is safe. */
    const goOn = async (limit: number) => {
      await clock.goOn(Math.min(clock.due(), limit));
      moved();
    };
    try {
      for (let next = await rows.peek(); next && next.received < until; next = await rows.peek()) {
        await goOn(next.received - 1);
        while (!signal.aborted && clock.due() < next.received) {
          await clock.wait(next.received, signal);
          await goOn(next.received - 1);
        }
        if (signal.aborted) return;
        const last = Math.min(clock.due(), until - 1, next.received + BATCH_SPAN_MS);
        const batch = batchOf(await rows.take(({ received }) => received <= last), base);
        const receipt: Receipt | undefined = yield batch;
        if (!receipt) return;
        course.place += batch.observations.length;
      }
      for (await goOn(end); !signal.aborted && clock.now() < end; await goOn(end)) await clock.wait(end, signal);
    } finally {
      await rows.close();
    }
  };
}

function batchOf(rows: Placed[], base: number): Batch {
  const observations = Float64Array.from(rows, ({ position }) => base + position);
  return {
    observations: rows.map(({ position, ...observation }) => observation as Observation),
    rejects: [],
    positions: { observations, rejects: new Float64Array(), places: new Uint32Array() },
  };
}

/** Rows of a stream, one after the other. */
function cursor(stream: AsyncGenerator<Placed[]>) {
  let rows: Placed[] = [];
  let at = 0;
  const peek = async (): Promise<Placed | undefined> => {
    while (at === rows.length) {
      const step = await stream.next();
      if (step.done) return undefined;
      [rows, at] = [step.value, 0];
    }
    return rows[at];
  };
  return {
    peek,
    /** The next rows while they are wanted, a batch at most. */
    async take(isWanted: (row: Placed) => boolean): Promise<Placed[]> {
      const taken: Placed[] = [];
      for (let row = await peek(); row && isWanted(row) && taken.length < BATCH_MAX; row = await peek()) {
        taken.push(row);
        at += 1;
      }
      return taken;
    },
    close: () => stream.return(undefined),
  };
}

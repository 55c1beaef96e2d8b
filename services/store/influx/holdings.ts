import type { Positions } from '../../model/batch.ts';
import { TIME_MAX_MS, TIME_MIN_MS } from '../../model/fields.ts';
import type { Reason, Reject } from '../../model/reject.ts';
import type { Span } from '../../model/venue.ts';
import type { Query, Values } from './query.ts';
import { inNs } from './read.ts';

/** What a bucket holds beside the observations themselves: how many there are, and what was refused. */
export type Holdings = {
  /** observations in a span (`time`, UTC ms) */
  count(span: Span): Promise<number>;
  /** observations in each hour (by its beginning, UTC ms) of a span that has any */
  hours(span: Span): Promise<Map<number, number>>;
  /** rejects in a span (when they were taken, UTC ms), as batches with their positions */
  rejects(span: Span): AsyncGenerator<{ rejects: Reject[]; positions: Positions }>;
  countRejects(span: Span): Promise<number>;
  /** the quarters of an hour in which something was observed, by when they begin, UTC ms, in order */
  quarters(): Promise<number[]>;
  /** observations, rejects, those nobody simulated, and when the newest of the last day was received */
  totals(now: number): Promise<{ observations: number; rejects: number; own: number; received: number | null }>;
};

const NS = 1e6;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** No observation is outside it. */
const KEPT: Span = { from: TIME_MIN_MS, until: TIME_MAX_MS };
const ALL: Span = { from: -9e12, until: 9e12 };

export function holdingsOf(query: Query): Holdings {
  const sum = async (name: string, values: Values) =>
    (await query.ask(name, values)).reduce((total, { count }) => total + Number(count), 0);
  const within = ({ from, until }: Span): Values => ({ from: inNs(from), until: inNs(until) });
  const holdings: Holdings = {
    count: (span) => sum('count', within(span)),
    async hours(span) {
      const found = new Map<number, number>();
      for (const { time, count } of await query.ask('hours', within(span))) {
        // In nanoseconds a time is no exact number; in hours it is.
        const hour = Math.round(Number(time) / NS / HOUR_MS) * HOUR_MS;
        found.set(hour, (found.get(hour) ?? 0) + Number(count));
      }
      return found;
    },
    countRejects: (span) => sum('count_rejects', within(span)),
    async *rejects(span) {
      for await (const records of query.stream('rejects', within(span))) yield rejectsOf(records);
    },
    async quarters() {
      const found = await query.ask('quarters', within(KEPT));
      return [...new Set(found.map(({ time }) => Math.round(Number(time) / 1e6)))].sort((a, b) => a - b);
    },
    async totals(now) {
      const [observations, rejects, own] = [
        await holdings.count(ALL),
        await holdings.countRejects(ALL),
        await sum('own', {}),
      ];
      const newest = await query.ask('newest', within({ from: now - DAY_MS, until: now + DAY_MS }));
      const received = newest.length === 0 ? null : Math.max(...newest.map(({ max }) => Number(max)));
      return { observations, rejects, own: own + rejects, received };
    },
  };
  return holdings;
}

/** Cells of `rejects.sql`: name, tags, time, and the fields. */
function rejectsOf(records: string[][]): { rejects: Reject[]; positions: Positions } {
  const rejects = records.map(
    (cells): Reject => ({
      received: +cells[3]!,
      source: cells[6]!,
      line: +cells[7]!,
      text: cells[8]!,
      reasons: JSON.parse(cells[9]!) as Reason[],
    }),
  );
  return {
    rejects,
    positions: {
      observations: new Float64Array(),
      rejects: Float64Array.from(records, (cells) => +cells[4]!),
      places: Uint32Array.from(records, (cells) => +cells[5]!),
      taken: Float64Array.from(records, (cells) => Math.round(+cells[2]! / NS)),
    },
  };
}

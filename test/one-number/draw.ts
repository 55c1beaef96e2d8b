import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Laid } from './laid.ts';

const [SECOND_MS, MINUTE_MS] = [1000, 60_000];

/** A question that is asked of every surface. Times are UTC ms, `until` excluded. */
export type Draw = {
  from: number;
  until: number;
  /** as `/v1/frames` writes it */
  step: string;
  /** of a pivot's parts of time */
  zone: string;
  rooms: string[];
  revision: 'as-seen' | 'latest';
  /** some second of it */
  second: number;
  /** which of the formats beside JSON is asked this time, and which of the cells */
  turn: number;
};

const FINE = ['1s', '7s', '10s', '30s', '90s'];
const WHOLE = ['1m', '2m', '5m', '7m', '15m', '30m', '1h', 'day', 'all'];
const ZONES = ['UTC', 'Asia/Kathmandu', 'Europe/Dublin', 'America/St_Johns', 'Australia/Lord_Howe'];
/** Steps of a draw at most. */
const BINS_MAX = 40;

/** Draws of a world, the same for the same seed. */
export function drawsOf({ world, venue }: Pick<Laid, 'world' | 'venue'>, seed: number, count: number): Draw[] {
  const minutes = Math.floor((world.until - world.from) / MINUTE_MS) - 1;
  const first = Math.ceil(world.from / MINUTE_MS) * MINUTE_MS;
  const arbitrary = fc
    .record({
      isFine: fc.constantFrom(true, false, false),
      step: fc.nat(),
      start: fc.integer({ min: 0, max: minutes - 1 }),
      length: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 120 })),
      shift: fc.nat(59),
      zone: fc.constantFrom(...ZONES, venue.zone),
      rooms: fc.oneof(fc.constant(venue.rooms), fc.shuffledSubarray(venue.rooms, { minLength: 1, maxLength: 3 })),
      revision: fc.constantFrom('as-seen' as const, 'latest' as const),
      turn: fc.nat(1e6),
    })
    .map(({ isFine, step, start, length, shift, ...rest }): Draw => {
      const of = isFine ? FINE : WHOLE;
      const named = of[step % of.length]!;
      const from = first + start * MINUTE_MS + (isFine ? shift * SECOND_MS : 0);
      const most = Math.min(world.until, from + (widthOf(named) ?? 120 * MINUTE_MS) * BINS_MAX);
      const last = isFine ? most : Math.floor(most / MINUTE_MS) * MINUTE_MS;
      const asked = isFine ? from + (length * 7 + (shift % 7)) * SECOND_MS : from + length * MINUTE_MS;
      const until = Math.max(from + SECOND_MS, Math.min(last, asked));
      const second = from + (rest.turn % ((until - from) / SECOND_MS)) * SECOND_MS;
      return { from, until, step: named, second, ...rest };
    });
  return fc.sample(arbitrary, { seed, numRuns: count });
}

const UNIT_MS: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: 60 * MINUTE_MS };

/** How long a step is, ms; null: as long as a day or a span is. */
export function widthOf(step: string): number | null {
  const [, count, unit] = /^(\d+)([smh])$/.exec(step) ?? [];
  return count ? Number(count) * UNIT_MS[unit!]! : null;
}

export const isWhole = ({ from, until, step }: Draw): boolean =>
  from % MINUTE_MS === 0 && until % MINUTE_MS === 0 && (widthOf(step) ?? MINUTE_MS) % MINUTE_MS === 0;

/** The seconds of a span by the step that they lie in, by when it begins: steps are aligned to local midnight. */
export function secondsBy({ from, until }: Pick<Draw, 'from' | 'until'>, step: string, zone: string) {
  const bins = new Map<number, number[]>();
  let day = { from: Number.NaN, until: Number.NaN };
  for (let time = from; time < until; time += SECOND_MS) {
    if (!(time >= day.from && time < day.until)) day = dayOf(time, zone);
    const width = widthOf(step);
    const begins = width ? day.from + Math.floor((time - day.from) / width) * width : step === 'all' ? from : day.from;
    const bin = bins.get(begins) ?? [];
    bins.set(begins, bin);
    bin.push(time);
  }
  return bins;
}

function dayOf(time: number, zone: string) {
  const from = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).startOfDay();
  return { from: from.epochMilliseconds, until: from.add({ days: 1 }).startOfDay().epochMilliseconds };
}

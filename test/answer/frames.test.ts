import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { binsOf } from '../../services/answer/bins.ts';
import { occupancyOf } from '../../services/answer/frames.ts';
import { Refused } from '../../services/answer/refused.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Venue } from '../../services/model/venue.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 10, 3, 10);
const venueIn = (zone: string): Venue => ({
  version: '0'.repeat(64),
  zone,
  file: { zone, rooms: [], gateways: [] },
  rooms: ['a', 'b'],
  gateways: [],
  merges: [],
});

const presence = (badge: string, room: string, from: number, until: number | null, parked = false): Presence => ({
  badge,
  room,
  from,
  until,
  parked,
  reason: '',
  heard: from,
  visit: from,
  rule: '1',
});

/** Random stays of three badges, none in two places at once; the last of each may be open. */
const stays = fc
  .array(
    fc.record({
      badge: fc.constantFrom('k1', 'k2', 'k3'),
      room: fc.constantFrom('a', 'b'),
      gap: fc.nat(40),
      length: fc.integer({ min: 1, max: 120 }),
      parked: fc.boolean(),
    }),
    { maxLength: 14 },
  )
  .map((list) => {
    const free: Record<string, number> = {};
    return list.map(({ badge, room, gap, length, parked }) => {
      const from = (free[badge] ?? 0) + gap;
      free[badge] = from + length;
      return presence(badge, room, T0 + from * 1000, T0 + (from + length) * 1000, parked);
    });
  });

async function* each<T>(items: T[]) {
  yield* items;
}

/** Second by second, by looking at everybody. */
function oracle(presences: Presence[], room: string, from: number, until: number) {
  let badgeSeconds = 0;
  let peak = 0;
  const visitors = new Set<string>();
  for (let second = from; second < until; second += 1000) {
    const there = presences.filter(
      (p) => p.room === room && !p.parked && p.from <= second && (p.until === null || p.until > second),
    );
    badgeSeconds += there.length;
    peak = Math.max(peak, there.length);
    for (const p of there) visitors.add(p.badge);
  }
  const seconds = (until - from) / 1000;
  const round = (x: number) => Math.round(x * 1e4) / 1e4;
  return {
    average: round(badgeSeconds / seconds),
    peak,
    visitors: visitors.size,
    badgeMinutes: round(badgeSeconds / 60),
  };
}

it('occupancyOf(presences, step) equals counting everybody in every second', () =>
  fc.assert(
    fc.asyncProperty(
      stays,
      fc.constantFrom('1s', '7s', '30s', '1m', 'all'),
      fc.nat(60),
      fc.integer({ min: 1, max: 200 }),
      async (presences, step, start, length) => {
        const span = { from: T0 + start * 1000, until: T0 + (start + length) * 1000 };
        const rows = await occupancyOf(each(presences), venueIn('UTC'), span, step);
        const bins = binsOf(span, step, 'UTC');
        assert.equal(rows.length, bins.length * 2);
        for (const { room, time, ...values } of rows) {
          const bin = bins.find((b) => b.from === time)!;
          assert.deepEqual(values, oracle(presences, room as string, bin.from, bin.until));
        }
      },
    ),
    { numRuns: 30 },
  ));

it('binsOf(span, "1h") has 23 and 25 hours on the days of the clock change, and local midnights elsewhere', () => {
  const day = (y: number, m: number, d: number, zone: string) => {
    const span = { from: Date.UTC(y, m, d) - 14 * HOUR, until: Date.UTC(y, m, d) + 38 * HOUR };
    const days = binsOf(span, 'day', zone).slice(1, -1);
    return days.map((bin) => binsOf(bin, '1h', zone).length);
  };
  assert.ok(day(2026, 2, 29, 'Europe/Dublin').includes(23));
  assert.ok(day(2026, 9, 25, 'Europe/Dublin').includes(25));
  assert.ok(day(2026, 2, 8, 'America/New_York').includes(23));
  assert.deepEqual([...new Set(day(2026, 5, 10, 'Etc/GMT-14'))], [24]);
});

it('binsOf(span, step) covers the span without gap or overlap, in every zone', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('Europe/Dublin', 'America/New_York', 'Australia/Lord_Howe', 'Etc/GMT+11', 'UTC'),
      fc.constantFrom('5m', '15m', '1h', '7m', 'day', 'all'),
      fc.integer({ min: 0, max: 365 * 24 * 3600 }),
      fc.integer({ min: 1, max: 3 * 24 * 3600 }),
      (zone, step, start, length) => {
        const span = {
          from: Date.UTC(2026, 0, 1) + start * 1000,
          until: Date.UTC(2026, 0, 1) + (start + length) * 1000,
        };
        const bins = binsOf(span, step, zone);
        assert.equal(bins[0]!.from, span.from);
        assert.equal(bins.at(-1)!.until, span.until);
        for (const [i, bin] of bins.slice(1).entries()) assert.equal(bin.from, bins[i]!.until);
      },
    ),
    { numRuns: 60 },
  ));

it('binsOf(span, step) refuses what is no step, and too many bins', () => {
  const span = { from: T0, until: T0 + 30 * 24 * HOUR };
  for (const step of ['', '0s', '2h', '1d', 'hour', '-1m', '1s'])
    assert.throws(() => binsOf(span, step, 'UTC'), Refused, step);
});

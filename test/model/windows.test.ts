import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { nameOf, shiftOf, windowsAbout, windowsAfter, windowsOf } from '../../services/model/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So many windows are compared with brute force; 10000 by WINDOWS=10000. */
const DRAWN = Number(process.env.WINDOWS ?? 2000);
const LENGTHS: Record<string, number> = { '60m': HOUR, '90m': 90 * MINUTE, '24h': DAY, '7d': 7 * DAY };
const utc = (text: string) => Date.parse(text);
const daily = (zone: string) => ({ cron: '0 0 * * *', zone, lasting: null, since: Number.NEGATIVE_INFINITY });
const hours = ({ from, until }: { from: number; until: number }) => (until - from) / HOUR;

/** Runs by looking at the wall clock at each minute: a missing time runs when clocks go forward, a doubled one once. */
function runsByMinute(hoursAt: number[], minute: number, zone: string, from: number, until: number): number[] {
  const runs: number[] = [];
  let shown = wall(zone, from - 3 * HOUR) - MINUTE;
  for (let time = from - 3 * HOUR; time < until; time += MINUTE) {
    const now = wall(zone, time);
    for (let one = shown + MINUTE; one <= now; one += MINUTE) {
      const isDue = hoursAt.includes(Math.floor(one / HOUR) % 24) && (one / MINUTE) % 60 === minute;
      if (isDue && time >= from && runs.at(-1) !== time) runs.push(time);
    }
    shown = Math.max(shown, now);
  }
  return runs;
}
const wall = (zone: string, time: number): number => time + offsetAt(zone, Math.floor(time / (30 * MINUTE)));

/** Changes are at whole half-hours, so an offset holds for at least that long. */
const offsets = new Map<string, number>();
function offsetAt(zone: string, half: number): number {
  const known = offsets.get(`${zone} ${half}`);
  if (known !== undefined) return known;
  const at = Temporal.Instant.fromEpochMilliseconds(half * 30 * MINUTE).toZonedDateTimeISO(zone);
  offsets.set(`${zone} ${half}`, at.offsetNanoseconds / 1e6);
  return at.offsetNanoseconds / 1e6;
}

describe('windowsAbout(timed, at, count), shiftOf(window, zone)', () => {
  it('so many windows by a change of clocks and so many after it; the day of the change is shorter by it', () => {
    const windows = windowsAbout(daily('Europe/Dublin'), utc('2027-03-28T01:00Z'), 5);
    assert.deepEqual(windows.map(hours), [24, 24, 24, 24, 24, 23, 24, 24, 24, 24]);
    assert.deepEqual(
      windows.map((window) => shiftOf(window, 'Europe/Dublin') / HOUR),
      [0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    );
    const yearly = { ...daily('Europe/Dublin'), cron: '0 0 1 1 *' };
    assert.deepEqual(
      windowsAbout(yearly, utc('2027-03-28T01:00Z'), 3).map((window) => hours(window) / 24),
      [365, 366, 365, 365, 365, 366].map((_, i) =>
        new Date(Date.UTC(2024 + i, 1, 29)).getUTCDate() === 29 ? 366 : 365,
      ),
    );
  });
});

describe('windowsOf(schedule, span)', () => {
  it('a day of a schedule has 23 or 25 hours where clocks change, and half an hour more or less in Lord Howe', () => {
    const lengths = (zone: string, from: string) =>
      windowsOf(daily(zone), { from: utc(from), until: utc(from) + 4 * DAY }).map(hours);
    assert.deepEqual(lengths('Europe/Dublin', '2026-03-28T12:00:00Z'), [24, 23, 24, 24]);
    assert.deepEqual(lengths('America/New_York', '2026-10-31T12:00:00Z'), [24, 25, 24, 24]);
    assert.deepEqual(lengths('Australia/Lord_Howe', '2026-10-03T00:00:00Z'), [24, 23.5, 24, 24]);
    assert.deepEqual(lengths('Australia/Lord_Howe', '2026-04-03T20:00:00Z'), [24, 24.5, 24, 24]);
  });

  it(`windows meet without a gap or an overlap, and end where brute force says, in ${DRAWN} windows drawn over the clock changes of four zones, and one without`, () => {
    const changes = [
      ['Europe/Dublin', '2026-03-29T01:00:00Z'],
      ['Europe/Dublin', '2026-10-25T01:00:00Z'],
      ['America/New_York', '2026-03-08T07:00:00Z'],
      ['America/New_York', '2026-11-01T06:00:00Z'],
      ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
      ['America/Santiago', '2026-09-06T04:00:00Z'],
      ['America/Santiago', '2026-04-05T03:00:00Z'],
      ['Asia/Kolkata', '2026-10-25T01:00:00Z'],
    ] as const;
    const drawn = fc.record({
      change: fc.constantFrom(...changes),
      before: fc.integer({ min: 0, max: 30 * 60 }),
      hoursAt: fc.uniqueArray(fc.constantFrom(0, 1, 2, 3, 12, 23), { minLength: 1, maxLength: 3 }),
      minute: fc.constantFrom(0, 15, 30, 45),
      lasting: fc.constantFrom(null, null, '60m', '90m', '24h', '7d'),
    });
    let compared = 0;
    fc.assert(
      fc.property(drawn, ({ change: [zone, at], before, hoursAt, minute, lasting }) => {
        if (compared >= DRAWN) return;
        const from = utc(at) - before * MINUTE;
        const until = from + 3 * DAY;
        const cron = `${minute} ${hoursAt.join(',')} * * *`;
        const found = windowsOf({ cron, zone, lasting, since: Number.NEGATIVE_INFINITY }, { from, until });
        compared += found.length;
        assert.deepEqual(
          found.map((window) => window.until),
          runsByMinute(hoursAt, minute, zone, from, until),
        );
        for (const [i, window] of found.entries()) {
          const ago = i > 0 ? wall(zone, window.until) - wall(zone, found[i - 1]!.until) : null;
          const [length, meets] = [LENGTHS[lasting ?? ''], found[i - 1]?.until];
          // What on the clock goes from run to run does so at a change, too; what is longer leaves no gap there.
          if (length === undefined || length === ago) assert.equal(window.from, meets ?? window.from);
          else if (ago !== null && length > ago) assert.equal(window.from, Math.min(window.until - length, meets!));
          else if (ago !== null) assert.equal(window.until - window.from, length);
          assert.ok(window.from < window.until);
          assert.equal(window.due, window.until + 15 * MINUTE);
        }
        assert.equal(new Set(found.map((window) => nameOf(window, zone))).size, found.length);
      }),
      { numRuns: DRAWN },
    );
    assert.ok(compared >= DRAWN);
  });

  it('the first window begins after the last run before it, however long ago; none begins before the schedule', () => {
    const yearly = { cron: '0 0 29 2 *', zone: 'UTC', lasting: null, since: Number.NEGATIVE_INFINITY };
    const [leap] = windowsOf(yearly, { from: utc('2028-01-01T00:00:00Z'), until: utc('2029-01-01T00:00:00Z') });
    assert.equal(leap!.from, utc('2024-02-29T00:00:00Z'));
    const since = utc('2026-11-03T09:00:00Z');
    const hourly = { cron: '0 * * * *', zone: 'UTC', lasting: null, since };
    const found = windowsOf(hourly, { from: since, until: since + 3 * HOUR });
    assert.deepEqual(
      found.map((window) => window.from),
      [since, since + HOUR],
    );
  });

  it('lasting as long as its cadence: the hour that clocks repeat is in the window after it, in four zones', () => {
    const seamless = (cron: string, lasting: string, zone: string, at: string) => {
      const span = { from: utc(at) - 2 * DAY, until: utc(at) + 2 * DAY };
      const found = windowsOf({ cron, zone, lasting, since: Number.NEGATIVE_INFINITY }, span);
      assert.ok(found.length > 2);
      for (const [i, { from }] of found.entries()) if (i > 0) assert.equal(from, found[i - 1]!.until);
      return Math.max(...found.map(hours));
    };
    assert.equal(seamless('0 * * * *', '1h', 'Europe/Dublin', '2026-10-25T01:00:00Z'), 2);
    assert.equal(seamless('*/30 * * * *', '30m', 'America/New_York', '2026-11-01T06:00:00Z'), 1.5);
    assert.equal(seamless('0 0 * * *', '1d', 'America/Santiago', '2026-04-05T03:00:00Z'), 25);
    assert.equal(seamless('0 * * * *', '60m', 'Australia/Lord_Howe', '2026-04-04T15:00:00Z'), 1.5);
    assert.equal(seamless('0 6 * * *', '24h', 'Europe/Dublin', '2026-03-29T01:00:00Z'), 24, 'nothing twice');
  });

  it('lasting: each window has that length and ends at its run', () => {
    const week = { cron: '0 6 * * *', zone: 'Europe/Berlin', lasting: '7d', since: Number.NEGATIVE_INFINITY };
    const found = windowsAfter(week, utc('2026-11-22T00:00:00Z'), 2);
    assert.deepEqual(found.map(hours), [168, 168]);
    assert.deepEqual(
      found.map(({ until }) => new Date(until).toISOString()),
      ['2026-11-22T05:00:00.000Z', '2026-11-23T05:00:00.000Z'],
    );
  });
});

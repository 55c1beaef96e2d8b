import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { clockChanges, NoCron, nextRuns, runsBetween, writtenAt } from '../../services/model/cron.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Etc/GMT+5', 'America/Sao_Paulo'];
const utc = (text: string) => Date.parse(text);
const shown = (runs: number[]) => runs.map((run) => new Date(run).toISOString().slice(0, 16));

describe('writtenAt(cron, zone, run), clockChanges(zone, after)', () => {
  const said = (cron: string, zone: string, run: string) => Object.values(writtenAt(cron, zone, utc(run)));
  it('which times a run stands for that clocks skip, and whether they show its time twice', () => {
    assert.deepEqual(said('30 1 * * *', 'Europe/Dublin', '2027-03-28T01:00Z'), [['01:30'], false]);
    assert.deepEqual(said('0 2 * * *', 'Europe/Dublin', '2027-03-28T01:00Z'), [[], false]);
    assert.deepEqual(said('*/20 1,2 * * *', 'Europe/Dublin', '2027-03-28T01:00Z'), [
      ['01:00', '01:20', '01:40'],
      false,
    ]);
    assert.deepEqual(said('30 1 * * *', 'Europe/Dublin', '2027-10-31T00:30Z'), [[], true]);
    assert.deepEqual(said('30 2 * * *', 'Europe/Dublin', '2027-10-31T02:30Z'), [[], false]);
    assert.deepEqual(said('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T15:30Z'), [['02:15'], false]);
    assert.deepEqual(said('0 0 * * *', 'America/Sao_Paulo', '2018-11-04T03:00Z'), [['00:00'], false]);
  });

  it('when clocks go forward and back next, by how much; in a zone without, never', () => {
    const after = utc('2026-11-23T00:00Z');
    const told = (zone: string) => clockChanges(zone, after).map(({ time, by }) => [...shown([time]), by / MINUTE]);
    assert.deepEqual(told('Europe/Dublin'), [
      ['2027-03-28T01:00', 60],
      ['2027-10-31T01:00', -60],
    ]);
    assert.deepEqual(told('Australia/Lord_Howe'), [
      ['2027-04-03T15:00', -30],
      ['2027-10-02T15:30', 30],
    ]);
    for (const zone of ['UTC', 'Asia/Tokyo']) assert.deepEqual(told(zone), []);
    assert.throws(() => clockChanges('Mars/Base', after), NoCron);
  });
});

describe('nextRuns(cron, zone, after, count)', () => {
  it('a missing time runs at the change, also each of a list or step; a doubled one once, the first time', () => {
    const spring = utc('2026-03-29T00:10:00Z');
    assert.deepEqual(shown(nextRuns('30 2 * * *', 'Europe/Berlin', spring, 2)), [
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
    assert.deepEqual(shown(nextRuns('*/20 2,3 * * *', 'Europe/Berlin', spring, 4)), [
      '2026-03-29T01:00',
      '2026-03-29T01:20',
      '2026-03-29T01:40',
      '2026-03-30T00:00',
    ]);
    const autumn = utc('2026-10-24T23:10:00Z');
    assert.deepEqual(shown(nextRuns('0,30 2 * * *', 'Europe/Berlin', autumn, 3)), [
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-26T01:00',
    ]);
    assert.deepEqual(shown(nextRuns('15 2 * * *', 'Australia/Lord_Howe', utc('2026-10-03T14:00:00Z'), 1)), [
      '2026-10-03T15:30',
    ]);
    // where midnight itself is missing
    assert.deepEqual(shown(nextRuns('0 0 * * *', 'America/Sao_Paulo', utc('2018-11-03T12:00:00Z'), 2)), [
      '2018-11-04T03:00',
      '2018-11-05T02:00',
    ]);
  });

  it('days, months, weekdays by number or name; day or weekday where both are said', () => {
    const after = utc('2026-11-22T00:00:00Z');
    assert.deepEqual(shown(nextRuns('0 9 * * MON-FRI', 'UTC', after, 2)), ['2026-11-23T09:00', '2026-11-24T09:00']);
    assert.deepEqual(shown(nextRuns('0 9 29 2 *', 'UTC', after, 2)), ['2028-02-29T09:00', '2032-02-29T09:00']);
    assert.deepEqual(shown(nextRuns('0 9 25 * 1', 'UTC', after, 3)), [
      '2026-11-23T09:00',
      '2026-11-25T09:00',
      '2026-11-30T09:00',
    ]);
  });

  it('what is no cron or no zone is refused with what was expected and found', () => {
    for (const [expression, zone, said] of [
      ['* * * *', 'UTC', /five fields .* found 4/],
      ['60 * * * *', 'UTC', /a minute of 0 to 59.*found "60"/],
      ['* 9-8 * * *', 'UTC', /expected an hour of 0 to 23/],
      ['*/0 * * * *', 'UTC', /minute/],
      ['*/61 * * * *', 'UTC', /minute.*found "\*\/61"/],
      ['0 */25 * * *', 'UTC', /hour.*found "\*\/25"/],
      ['0 0 31 2 *', 'UTC', /a date that exists/],
      ['0 0 * * FUNDAY', 'UTC', /day, month and weekday/],
      ['0 0 * * *', 'Mars/Base', /a time zone like .*Mars\/Base/],
    ] as [string, string, RegExp][])
      assert.throws(
        () => nextRuns(expression, zone, 0, 1),
        (error: Error) => error instanceof NoCron && said.test(error.message),
        expression,
      );
  });

  it('equals brute force over every minute, about both changes of five zones, in 2,000 draws (CRON_RUNS says otherwise)', () => {
    const changes = ZONES.flatMap((zone) => changesOf(zone).map((at) => ({ zone, at })));
    const field = (high: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.nat(high).map(String),
        fc.uniqueArray(fc.nat(high), { minLength: 2, maxLength: 4 }).map((list) => list.join(',')),
        fc.integer({ min: 2, max: Math.min(40, high) }).map((step) => `*/${step}`),
      );
    const near = fc.record({
      change: fc.constantFrom(...changes),
      minute: field(59),
      hour: fc.oneof(field(23), fc.constantFrom('0', '1', '2', '3', '1,2', '2,3', '23')),
      offset: fc.integer({ min: -30 * 60, max: 6 * 60 }),
    });
    fc.assert(
      fc.property(near, ({ change, minute, hour, offset }) => {
        const from = change.at + offset * MINUTE;
        const span = { from, until: from + 30 * HOUR };
        const expected = oracle(minute, hour, change.zone, span);
        assert.deepEqual(shown(runsBetween(`${minute} ${hour} * * *`, change.zone, span)), shown(expected));
        const count = Math.min(3, expected.length);
        const next = nextRuns(`${minute} ${hour} * * *`, change.zone, from - 1, count);
        assert.deepEqual(shown(next), shown(expected.slice(0, count)));
      }),
      { numRuns: Number(process.env.CRON_RUNS ?? 2000) },
    );
  });
});

/** The clock changes of two years; where there are none some instant. */
function changesOf(zone: string): number[] {
  const found: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.from('2017-06-01T00:00Z').toZonedDateTimeISO(zone);
  while (found.length < 4 && at) {
    at = at.getTimeZoneTransition('next');
    if (at) found.push(at.epochMilliseconds);
  }
  return found.length > 0 ? found : [utc('2026-03-29T01:00:00Z')];
}

/** Local minutes as a wall clock shows them, from the offsets that hold at each instant. */
function oracle(
  minute: string,
  hour: string,
  zone: string,
  { from, until }: { from: number; until: number },
): number[] {
  const minutes = Array.from({ length: 60 }, (_, value) => inField(minute, value));
  const hours = Array.from({ length: 24 }, (_, value) => inField(hour, value));
  const fits = (local: number) => minutes[(local / MINUTE) % 60]! && hours[Math.floor(local / HOUR) % 24]!;
  const found = new Set<number>();
  // What the clock has shown already can only have been shown in the last hours.
  const begin = Math.floor((from - 3 * HOUR) / MINUTE) * MINUTE;
  let shownUpTo = begin + offsetAt(zone, begin) - MINUTE;
  for (let time = begin; time < until; time += MINUTE) {
    const local = time + offsetAt(zone, time);
    // What the clock leaps over is taken now, what it has shown already not again.
    for (let wall = shownUpTo + MINUTE; wall <= local; wall += MINUTE) if (fits(wall) && time >= from) found.add(time);
    shownUpTo = Math.max(shownUpTo, local);
  }
  return [...found].sort((a, b) => a - b);
}

function inField(field: string, value: number): boolean {
  if (field === '*') return true;
  if (field.startsWith('*/')) return value % Number(field.slice(2)) === 0;
  return field.split(',').map(Number).includes(value);
}

const offsets = new Map(ZONES.map((zone) => [zone, new Map<number, number>()]));
/** Changes are at whole half-hours, so an offset holds for at least that long. */
function offsetAt(zone: string, time: number): number {
  const known = offsets.get(zone)!;
  const part = Math.floor(time / (30 * MINUTE));
  let offset = known.get(part);
  if (offset === undefined) {
    offset = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    known.set(part, offset);
  }
  return offset;
}

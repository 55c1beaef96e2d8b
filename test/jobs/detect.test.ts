import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { detect, type Point } from '../../jobs/detect.ts';
import { imitation } from '../nab/imitations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);

const series = (days: number, stepMs: number, said: (time: number, i: number) => number | null): Point[] =>
  Array.from({ length: Math.floor((days * DAY) / stepMs) }, (_, i) => ({
    time: START + i * stepMs,
    value: said(START + i * stepMs, i),
  }));
const points = ({ times, values }: ReturnType<typeof imitation>): Point[] =>
  times.map((time, i) => ({ time, value: values[i]! }));
/** Repeats after 97 rows: noise without chance. */
const grain = (i: number): number => ((i * 37) % 97) / 97;

describe('detect(points)', () => {
  it('a prefix has the same rows: nothing looks ahead', async () => {
    for (const kind of ['demand, a quiet day', 'speed on a road', 'fleet, a step for good']) {
      const all = points(imitation(kind, 5)).slice(0, 3000);
      const cut = 1777;
      assert.deepEqual(
        (await detect(all, 'Europe/Dublin')).slice(0, cut),
        await detect(all.slice(0, cut), 'Europe/Dublin'),
      );
    }
  });

  it('a prefix has the same rows where times repeat, jump and go back', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ step: fc.integer({ min: -5, max: 30 }), value: fc.integer({ min: -3, max: 9 }) }), {
          minLength: 30,
          maxLength: 120,
        }),
        fc.integer({ min: 1, max: 29 }),
        async (list, cut) => {
          let time = START;
          const all = list.map(({ step, value }) => {
            time += step * HOUR;
            return { time, value };
          });
          const whole = await detect(all, 'UTC');
          assert.equal(whole.length, all.length);
          assert.deepEqual(whole.slice(0, cut), await detect(all.slice(0, cut), 'UTC'));
        },
      ),
      { numRuns: 8 },
    ));

  it('rows come in order, one for each, and every number is finite', async () => {
    const odd = series(9, HOUR, (_, i) => (i % 50 === 7 ? null : i % 3 === 0 ? 1e12 : -1e-12));
    const rows = await detect([...odd, ...odd.slice(0, 5)], 'Asia/Kolkata');
    assert.deepEqual(
      rows.map(({ i }) => i),
      rows.map((_, i) => i),
    );
    for (const row of rows)
      for (const value of Object.values(row)) assert.ok(typeof value !== 'number' || Number.isFinite(value));
    assert.equal(rows[7]!.value, null);
    assert.equal(rows[7]!.severity, null);
  });

  it('a constant says nothing, and its first move is major', async () => {
    const flat = series(6, 5 * MINUTE, (time) => (time >= START + 5.5 * DAY ? 46 : 45));
    const rows = await detect(flat, 'UTC');
    const major = rows.filter(({ severity }) => severity === 'major');
    assert.equal(major.length, 1);
    assert.equal(major[0]!.time, START + 5.5 * DAY);
    const still = await detect(
      series(6, 5 * MINUTE, () => 45),
      'UTC',
    );
    assert.ok(still.every(({ severity }) => severity === null));
  });

  it('the ladder: none, all, hour, hour by kind of day, slot of the week, by days that were', async () => {
    const rows = await detect(
      series(40, 30 * MINUTE, (time, i) => 10 + ((time / HOUR) % 24) + grain(i)),
      'UTC',
    );
    const rungOf = (day: number) => rows.find(({ time }) => time === START + day * DAY + 10 * HOUR)!.rung;
    assert.deepEqual([0, 1, 2, 3, 4, 5, 7, 14, 28].map(rungOf), [
      'none',
      'all',
      'hour',
      'hour by kind of day',
      'hour by kind of day',
      'hour',
      'hour by kind of day',
      'hour by kind of day',
      'slot',
    ]);
  });

  it('expected is the median of the days before in the slot, one value a day', async () => {
    const value = (time: number) => {
      const week = Math.floor((time - START) / (7 * DAY));
      return time % DAY === 10 * HOUR ? ([40, 44, 38, 46, 42, 41][week] ?? 11) : (time % DAY) / HOUR;
    };
    const rows = await detect(series(45, 30 * MINUTE, value), 'UTC');
    const tuesday = rows.find(({ time }) => time === START + 43 * DAY + 10 * HOUR)!;
    assert.equal(tuesday.rung, 'slot');
    assert.equal(tuesday.expected, 41.5);
  });

  it('the slot is local wall time: after a clock change ten is still ten', async () => {
    const from = Date.UTC(2026, 1, 16);
    const local = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Berlin' });
    const all = Array.from({ length: 48 * 24 }, (_, i) => {
      const time = from + i * HOUR;
      return { time, value: Number(local.format(time)) * 10 + grain(i) };
    });
    const rows = await detect(all, 'Europe/Berlin');
    const change = Date.UTC(2026, 2, 29, 1);
    const after = rows.filter(({ time }) => (time as number) >= change + DAY);
    assert.ok(after.length > 100);
    for (const { value, expected } of after) assert.ok(Math.abs((value as number) - (expected as number)) < 2);
    assert.ok(after.every(({ severity }) => severity === null));
  });

  it('one odd day does not teach, a new level is normal after some days, and then it is silent', async () => {
    const days = (odd: (day: number) => boolean) =>
      series(50, 30 * MINUTE, (time, i) => {
        const day = Math.floor((time - START) / DAY);
        return 100 + 20 * Math.sin((2 * Math.PI * (time % DAY)) / DAY) + grain(i) + (odd(day) ? 90 : 0);
      });
    const once = await detect(
      days((day) => day === 40),
      'UTC',
    );
    const at = (rows: typeof once, day: number) => rows.find(({ time }) => time === START + day * DAY + 10 * HOUR)!;
    assert.ok(once.some(({ severity, time }) => severity === 'major' && (time as number) >= START + 40 * DAY));
    assert.ok(Math.abs((at(once, 47).expected as number) - (at(once, 33).expected as number)) < 1, 'it did not teach');
    const forGood = await detect(
      days((day) => day >= 15),
      'UTC',
    );
    assert.equal(at(forGood, 16).severity, 'minor');
    const late = forGood.filter(({ time }) => (time as number) >= START + 43 * DAY);
    assert.ok(
      late.every(({ severity }) => severity === null),
      'no lock-out',
    );
  });

  it('a value that stays the same for far longer than ever is found once', async () => {
    const wave = (time: number, i: number) => 50 + 30 * Math.sin((2 * Math.PI * (time % DAY)) / DAY) + 3 * grain(i);
    const stuckFrom = START + 12 * DAY + 6 * HOUR;
    const rows = await detect(
      series(14, 5 * MINUTE, (time, i) => (time >= stuckFrom && time < stuckFrom + 3 * HOUR ? 81 : wave(time, i))),
      'UTC',
    );
    const major = rows.filter(({ severity }) => severity === 'major').map(({ time }) => time as number);
    assert.deepEqual(
      major.filter((time) => time >= stuckFrom && time < stuckFrom + 3 * HOUR),
      [stuckFrom + 29 * 5 * MINUTE],
    );
    assert.ok(!major.some((time) => time < stuckFrom && time > stuckFrom - 5 * DAY), 'nothing before it');
  });

  it('a more sensitive step says no less', async () => {
    const all = points(imitation('requests', 3));
    const counts = [];
    for (const step of [1, 4])
      counts.push((await detect(all, 'UTC', step)).filter(({ severity }) => severity !== null).length);
    assert.ok(counts[1]! > counts[0]!, counts.join(' '));
  });
});

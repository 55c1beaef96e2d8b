import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hearSecond, newCadence, rollHours } from '../../services/locate/cadence.ts';

/** Noon, s since 1970. */
const NOON = Date.UTC(2018, 10, 5, 12) / 1000;

/** Gaps of at most 5 min between sorted seconds, by the hour in which they end. */
function gapsByHour(seconds: number[]): Map<number, number[]> {
  const byHour = new Map<number, number[]>();
  const sorted = [...new Set(seconds)].sort((a, b) => a - b);
  for (const [i, second] of sorted.entries()) {
    const gap = second - (sorted[i - 1] ?? Number.NEGATIVE_INFINITY);
    const hour = Math.floor(second / 3600);
    if (gap <= 300) byHour.set(hour, [...(byHour.get(hour) ?? []), gap]);
  }
  return byHour;
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

test('hearSecond(…) in any order within ten minutes counts the gaps of the sorted seconds, hour by hour', () => {
  const within = (span: number) => fc.array(fc.integer({ min: 0, max: span }), { maxLength: span / 10 });
  fc.assert(
    fc.property(fc.constantFrom(20, 120, 599).chain(within), (ages) => {
      const seconds = ages.map((age) => NOON + 200 - age);
      const cadence = newCadence();
      for (const second of seconds) hearSecond(cadence, second, NOON + 200);
      const expected = gapsByHour(seconds);
      const found = cadence.hours.filter(({ gaps }) => gaps > 0).map(({ hour, gaps, median }) => [hour, gaps, median]);
      const byHour = [...expected].map(([hour, gaps]) => [hour, gaps.length, median(gaps)]);
      assert.deepEqual(found.sort(), byHour.sort());
      const all = [...expected.values()];
      assert.equal(cadence.seconds, all.flat().length < 5 ? 60 : median(all.map(median)));
    }),
    { numRuns: 2000 },
  );
});

test('cadence.seconds is the median of the hours, each hour one voice, whether it has 3 gaps or 300', () => {
  const cadence = newCadence();
  const hear = (hour: number, pause: number, n: number): void => {
    for (let i = 0; i < n; i += 1) hearSecond(cadence, NOON + hour * 3600 + i * pause, NOON + hour * 3600 + i * pause);
  };
  hear(0, 10, 301);
  hear(1, 30, 4);
  assert.equal(cadence.seconds, 20);
  hear(2, 40, 4);
  assert.equal(cadence.seconds, 30);
  rollHours(cadence, NOON + 23 * 3600);
  assert.equal(cadence.seconds, 30);
  rollHours(cadence, NOON + 24 * 3600);
  assert.equal(cadence.seconds, 35, 'the first hour is the 25th now');
  rollHours(cadence, NOON + 25 * 3600);
  assert.equal(cadence.seconds, 60, 'fewer than five gaps are known');
});

test('hearSecond(…) takes nothing that is more than ten minutes old, and a second once', () => {
  const cadence = newCadence();
  for (let s = 0; s <= 900; s += 100) hearSecond(cadence, NOON + s, NOON + s);
  const before = structuredClone(cadence);
  assert.equal(hearSecond(cadence, NOON + 250, NOON + 900), false);
  assert.equal(hearSecond(cadence, NOON + 700, NOON + 900), false);
  assert.deepEqual(cadence, before);
  hearSecond(cadence, NOON + 350, NOON + 900);
  assert.equal(cadence.hours[0]?.gaps, 10);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leastSquares, tQuantile } from '../../services/answer/least-squares.ts';
import { regressions, residuals } from '../../services/answer/regression.ts';
import { areas } from '../../services/simulate/areas.ts';
import { createWarmth } from '../../services/simulate/warmth.ts';
import { benchOf, type Minute } from '../jobs/house.ts';
import { seeded, venueOf } from '../locate/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

/** Modified Gram and Schmidt: X = Q R, no normal equations. */
function byQr(x: number[][], y: number[]): number[] {
  const p = x[0]!.length;
  const q: number[][] = [];
  const r = Array.from({ length: p }, () => new Array<number>(p).fill(0));
  for (let j = 0; j < p; j += 1) {
    let column = x.map((row) => row[j]!);
    for (let k = 0; k < j; k += 1) {
      const part = column.reduce((sum, one, i) => sum + one * q[k]![i]!, 0);
      r[k]![j] = part;
      column = column.map((one, i) => one - part * q[k]![i]!);
    }
    const length = Math.hypot(...column);
    r[j]![j] = length;
    q.push(column.map((one) => one / length));
  }
  const b = new Array<number>(p).fill(0);
  for (let j = p - 1; j >= 0; j -= 1) {
    let rest = y.reduce((sum, one, i) => sum + one * q[j]![i]!, 0);
    for (let k = j + 1; k < p; k += 1) rest -= r[j]![k]! * b[k]!;
    b[j] = rest / r[j]![j]!;
  }
  return b;
}

const sumsOf = (x: number[][], y: number[]) => {
  const columns = x[0]!.map((_, j) => x.map((row) => row[j]!));
  const dot = (a: number[], b: number[]) => a.reduce((sum, one, i) => sum + one * b[i]!, 0);
  return {
    xx: columns.map((a) => columns.map((b) => dot(a, b))),
    xy: columns.map((a) => dot(a, y)),
    yy: dot(y, y),
    n: y.length,
    y: y.reduce((sum, one) => sum + one, 0),
  };
};

describe('leastSquares(sums)', () => {
  const value = fc.integer({ min: -1000, max: 1000 });
  it('equals a QR decomposition of the rows themselves', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value, value), { minLength: 12, maxLength: 40 }),
        fc.integer({ min: 1, max: 1e6 }),
        (rows, seed) => {
          const next = seeded(seed);
          const x = rows.map(([a, b]) => [1, a + next(), b + next(), next()]);
          const y = rows.map(([, , c]) => c);
          const { coefficients, errors, freedom, r2 } = leastSquares(sumsOf(x, y));
          const expected = byQr(x, y);
          const fitted = x.map((row) => row.reduce((sum, one, j) => sum + one * expected[j]!, 0));
          const left = y.reduce((sum, one, i) => sum + (one - fitted[i]!) ** 2, 0);
          const size = Math.max(1, ...expected.map(Math.abs));
          for (const [j, one] of coefficients.entries()) assert.ok(Math.abs(one - expected[j]!) < 1e-5 * size);
          assert.equal(freedom, y.length - 4);
          const mean = y.reduce((sum, one) => sum + one, 0) / y.length;
          const total = y.reduce((sum, one) => sum + (one - mean) ** 2, 0);
          if (total > 0) assert.ok(Math.abs(r2 - (1 - left / total)) < 1e-6);
          assert.ok(errors.every((error) => error >= 0));
        },
      ),
      { numRuns: 200 },
    ));

  it('has the standard error of a mean, and of a slope by its formula', () => {
    const y = [3, 5, 4, 8, 10];
    const one = leastSquares(
      sumsOf(
        y.map(() => [1]),
        y,
      ),
    );
    assert.ok(Math.abs(one.coefficients[0]! - 6) < 1e-12);
    const sd = Math.sqrt(y.reduce((sum, v) => sum + (v - 6) ** 2, 0) / 4);
    assert.ok(Math.abs(one.errors[0]! - sd / Math.sqrt(5)) < 1e-12);
    const slope = leastSquares(
      sumsOf(
        y.map((_, i) => [1, i]),
        y,
      ),
    );
    const left = y.reduce((sum, v, i) => sum + (v - slope.coefficients[0]! - slope.coefficients[1]! * i) ** 2, 0);
    assert.ok(Math.abs(slope.errors[1]! - Math.sqrt(left / 3 / 10)) < 1e-12);
  });

  it('leaves out a column that others explain, and a constant one', () => {
    const x = [1, 2, 3, 5, 8, 13].map((v) => [1, v, 2 * v + 1, 0]);
    const { coefficients } = leastSquares(sumsOf(x, [2, 4, 6, 10, 16, 26]));
    assert.ok(Math.abs(coefficients[1]! - 2) < 1e-9);
    assert.ok(Number.isNaN(coefficients[2]) && Number.isNaN(coefficients[3]));
  });

  it('tQuantile is that of the tables', () => {
    for (const [freedom, expected] of [
      [1, 12.7062],
      [2, 4.30265],
      [5, 2.57058],
      [10, 2.22814],
      [30, 2.04227],
      [201, 1.97184],
    ] as const)
      assert.ok(Math.abs(tQuantile(0.975, freedom) - expected) < 6e-5, String(freedom));
  });
});

describe('regressions(query)', () => {
  const venue = venueOf([
    ['gw-1', 'maginnes'],
    ['gw-2', 'quiet'],
    ['gw-3', 'clockwork'],
    ['gw-4', 'unknown'],
  ]);
  const tables = (house: string) => ({
    house,
    venue: () => venue,
    now: () => START + 40 * DAY,
    tables: async () => assert.fail('no tables'),
    record: null as never,
  });

  /** Rooms of the simulated air: people come and go by chance, by the clock, or not at all. */
  function minutes(days: number): Minute[] {
    const next = seeded(7);
    const warmth = createWarmth();
    const place = areas.findIndex(({ id }) => id === 'maginnes');
    const all: Minute[] = [];
    let people = 20;
    for (let minute = 0; minute < days * 1440; minute += 1) {
      if (minute % 45 === 0) people = Math.floor(next() * 60);
      const now = new Int32Array(areas.length);
      const isOpen = minute % 1440 >= 8 * 60 && minute % 1440 < 19 * 60;
      now[place] = isOpen ? people : 0;
      warmth.tell(minute, now);
      if (!isOpen) continue;
      const time = START + minute * MINUTE;
      const temperature = warmth.at(place, minute * 60);
      all.push({ room: 'maginnes', time, people, temperature });
      all.push({ room: 'quiet', time, people: Math.floor(next() * 9), temperature: 20 + Math.round(3 * next()) });
      all.push({ room: 'clockwork', time, people: Math.floor((minute % 1440) / 60), temperature: 21 });
    }
    return all;
  }

  it('finds what the simulated air has: about 0.4 °C for ten people, and says so', async () => {
    const { bench, end } = await benchOf(venue, minutes(12));
    const { rows, parts } = await regressions(
      { dataset: 'regressions', span: { from: START, until: START + 12 * DAY } },
      tables(bench.house),
    );
    assert.equal(parts.length, 12);
    const people = new Map(rows.filter(({ term }) => term === 'people').map((row) => [row.room, row]));
    const air = people.get('maginnes')!;
    // Warmth comes with a lag of twenty minutes, and of many people each adds less.
    assert.ok((air.coefficient as number) > 0.02 && (air.coefficient as number) < 0.04, String(air.coefficient));
    assert.ok((air.low as number) < (air.coefficient as number) && (air.coefficient as number) < (air.high as number));
    assert.match(air.sentence as string, /^Each 10 people warm maginnes by 0\.[234] °C \(95 %: 0\.\d to 0\.\d\)\.$/);
    assert.ok((air.r2 as number) > 0.7);
    const sun = rows.find(({ room, term }) => room === 'maginnes' && term === 'hour 15')!;
    assert.ok((sun.coefficient as number) > 1.2, 'the afternoon sun is not taken for people');
    assert.match(people.get('quiet')!.sentence as string, /^Whether people warm quiet or cool it cannot be told: /);
    assert.match(people.get('clockwork')!.sentence as string, /follows from hour and day alone/);
    assert.equal(people.get('clockwork')!.coefficient, null);
    assert.match(people.get('unknown')!.sentence as string, /too few hours with a temperature/);
    end();
  });

  it('an hour counts where half of it was covered, and warmth known for half of it', async () => {
    const first = START + 8 * HOUR;
    const spoilt = (time: number): Partial<Minute> => {
      const minute = (time - first) / MINUTE;
      if (minute < 0 || minute >= 180) return {};
      if (minute < 60) return minute % 60 < 31 ? { state: 'thin' } : {};
      if (minute < 120) return minute % 60 < 31 ? { temperature: null } : {};
      return minute % 60 < 30 ? { temperature: null } : {};
    };
    const { bench, end } = await benchOf(
      venue,
      minutes(3).map((one) => ({ ...one, ...spoilt(one.time) })),
    );
    const query = { dataset: 'residuals' as const, span: { from: START, until: START + 3 * DAY } };
    const { rows } = await residuals({ ...query, filters: { room: 'maginnes' } }, tables(bench.house));
    end();
    assert.equal(rows.length, 31);
    assert.equal(rows[0]!.time, first + 2 * HOUR);
  });

  it('more than a year is refused', async () => {
    const span = { from: START - 400 * DAY, until: START };
    await assert.rejects(regressions({ dataset: 'regressions', span }, tables('nowhere')), /\/from: expected 366 days/);
  });

  it('residuals are what the line leaves, and add up to nothing', async () => {
    const { bench, end } = await benchOf(venue, minutes(6));
    const query = {
      dataset: 'residuals' as const,
      span: { from: START, until: START + 6 * DAY },
      filters: { room: 'maginnes' },
    };
    const { rows } = await residuals(query, tables(bench.house));
    assert.equal(rows.length, 66);
    for (const { temperature, fitted, residual } of rows)
      assert.ok(Math.abs((temperature as number) - (fitted as number) - (residual as number)) < 0.0021);
    assert.ok(Math.abs(rows.reduce((sum, { residual }) => sum + (residual as number), 0)) < 0.1);
    end();
  });
});

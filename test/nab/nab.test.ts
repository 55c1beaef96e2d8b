import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detect } from '../../jobs/detect.ts';
import { always, centres, expandingZ, metronome, never, random, windowedGaussian } from './controls.ts';
import { isAbsent, readSeries, type Series } from './files.ts';
import { imitation, KINDS } from './imitations.ts';
import { nabScore, PROFILES, tally, weightOf } from './score.ts';

const near = (found: number, expected: number, what: string, off = 0.0006) =>
  assert.ok(Math.abs(found - expected) < off, `${what}: expected ${expected}, found ${found}`);

const scored = (series: Series[], alertsOf: (one: Series) => number[]) =>
  series.map((of) => ({ of, alerts: alertsOf(of) }));

/** Rows that are major at the one fixed threshold. */
async function majors({ times, values }: Series): Promise<number[]> {
  const rows = await detect(
    times.map((time, i) => ({ time, value: values[i]! })),
    'UTC',
  );
  return rows.filter(({ severity }) => severity === 'major').map(({ i }) => i as number);
}

describe('the score of the benchmark', { skip: isAbsent }, () => {
  const series = isAbsent ? [] : readSeries();

  it('has the windows and weights of ANOMALY §5', () => {
    const [temperature, taxi] = series as [Series, Series];
    assert.deepEqual(
      [...temperature.windows, ...taxi.windows].map(({ first, last }) => [first, last]),
      [
        [3540, 3902],
        [5999, 6361],
        [5839, 6045],
        [7080, 7286],
        [8423, 8629],
        [8731, 8937],
        [9977, 10183],
      ],
    );
    const weights = [
      [3540, 1],
      [3541, 0.999813],
      [3721, 0.860768],
      [3902, 0.00698],
      [3903, -0.006906],
      [3912, -0.068951],
      [4264, -0.986614],
    ] as const;
    for (const [row, weight] of weights) near(weightOf(row, temperature.windows), weight, `row ${row}`, 1e-6);
    assert.equal(weightOf(10, temperature.windows), -1);
  });

  const controls: [string, (one: Series) => number[], number[], [number, number]][] = [
    ['never', never, [0, 0, 0], [0, 0]],
    ['always', always, [-10_784.39, -21_668.781, -7156.26], [7, 14_326]],
    ['metronome', metronome, [28.76, 4.145, 38.221], [4, 32]],
    ['z ≥ 3', (one) => expandingZ(one, 3), [25.036, 10.076, 30.977], [3, 20]],
    ['z ≥ 3.35', (one) => expandingZ(one, 3.35), [39.917, 39.917, 40.897], [3, 0]],
    ['centres', centres, [93.065, 93.065, 95.376], [7, 0]],
  ];
  for (const [name, alertsOf, expected, [hit, wrong]] of controls)
    it(`gives ${name} what ANOMALY §5 says`, () => {
      const all = scored(series, alertsOf);
      for (const [i, profile] of Object.values(PROFILES).entries())
        near(nabScore(all, profile), expected[i]!, `${name}, profile ${i}`);
      assert.deepEqual(tally(all), { hit, false: wrong });
    });

  it('the detector at its one threshold is better than Windowed Gaussian at its own, on both files', async (t) => {
    const own = await Promise.all(series.map(async (of) => ({ of, alerts: await majors(of) })));
    const gaussian = scored(series, windowedGaussian);
    const shown = (name: string, all: typeof own) =>
      t.diagnostic(
        `${name}: ${nabScore(all, PROFILES.standard).toFixed(1)}, ${all.map((one) => nabScore([one], PROFILES.standard).toFixed(1)).join(' and ')}, ${JSON.stringify(tally(all))}`,
      );
    shown('ours', own);
    shown('Windowed Gaussian', gaussian);
    shown('metronome', scored(series, metronome));
    const byChance = Array.from({ length: 20 }, (_, seed) =>
      nabScore(
        scored(series, (one) => random(one, seed)),
        PROFILES.standard,
      ),
    );
    t.diagnostic(`ten rows by chance, mean of 20: ${(byChance.reduce((a, b) => a + b, 0) / 20).toFixed(1)}`);
    for (const [i, one] of own.entries())
      assert.ok(
        nabScore([one], PROFILES.standard) > nabScore([gaussian[i]!], PROFILES.standard) + 20,
        `${one.of.name} is not better`,
      );
  });
});

describe('series of every kind', () => {
  it('detect(imitations) finds most of what is planted and says little else', async (t) => {
    const all = [];
    for (const kind of Object.keys(KINDS)) {
      const of = imitation(kind, 1);
      all.push({ of, alerts: await majors(of) });
    }
    const score = nabScore(all, PROFILES.standard);
    t.diagnostic(`imitations: ${score.toFixed(1)}, ${JSON.stringify(tally(all))}`);
    assert.ok(score > 65, String(score));
    const quiet = all.filter(({ of }) => of.windows.length === 0);
    assert.ok(tally(quiet).false <= 6, JSON.stringify(tally(quiet)));
  });
});

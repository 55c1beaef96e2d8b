import { detect } from './jobs/detect.ts';
import { readSeries } from './test/nab/files.ts';
import { imitation, KINDS } from './test/nab/imitations.ts';
import { nabScore, PROFILES, tally } from './test/nab/score.ts';

const seeds = (process.argv[2] ?? '1,2').split(',').map(Number);
const sets = { imit: Object.keys(KINDS).flatMap((k) => seeds.map((seed) => imitation(k, seed))), given: readSeries() };
for (const [n, s] of Object.entries(sets)) {
  const rs = [];
  for (const of of s)
    rs.push({
      of,
      rows: await detect(
        of.times.map((time, i) => ({ time, value: of.values[i]! })),
        'UTC',
      ),
    });
  for (const T of [1.1, 1.2]) {
    const a = rs.map(({ of, rows }) => ({
      of,
      alerts: rows.filter((r) => (r.score as number) >= T).map((r) => r.i as number),
    }));
    console.log(n, T, ...Object.values(PROFILES).map((p) => nabScore(a, p).toFixed(1)), tally(a));
  }
}

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { anomalies } from '../../jobs/anomalies.ts';
import { baselines } from '../../jobs/baselines.ts';
import { exports } from '../../jobs/exports/exports.ts';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { KEYS, say } from '../../services/ledger/runs.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import { DUE_MS, HOUR, manifestIn, scheduled, WORLD } from './scheduled.ts';

const { zone } = WORLD.venue;
const [day, next] = daysIn({ from: WORLD.start, until: WORLD.start + 24 * HOUR }, zone) as Day[] as [Day, Day];

it('a window of anomalies waits until its days were looked at, two hours at most; then it says that nobody has, until somebody has', async () => {
  const query = { dataset: 'anomalies', rows: ['room'], columns: [], measures: ['count'], totals: false } as const;
  const daily = { query: query as never, cron: '0 0 * * *', zone, since: day.from, formats: ['csv' as const] };
  const { bench, rows, at, begun, end } = await scheduled(0, daily);
  const due = day.until - begun - HOUR + DUE_MS;
  try {
    await say(bench.ledger, KEYS.due('anomalies'), { days: 1 });
    at(due);
    assert.equal(await exports.tidy(bench), 0, 'it waits');
    at(due + 2 * HOUR);
    assert.equal(await exports.tidy(bench), 1);
    const [first] = await rows();
    assert.deepEqual([first!.state, first!.published!.rows], ['done', 0], first!.error ?? '');
    assert.deepEqual([first!.published!.unlooked, manifestIn(bench.house, first!).unlooked], [[day.day], [day.day]]);
    for (const job of [presences, frames, baselines, anomalies]) await job.run(day, bench);
    await say(bench.ledger, KEYS.due('anomalies'), { days: 0 });
    await exports.tidy(bench);
    const [second] = await rows();
    const { revision, unlooked, changed } = second!.published!;
    assert.deepEqual([revision, unlooked, manifestIn(bench.house, second!).unlooked], [2, undefined, undefined]);
    assert.match(changed!, new RegExp(`^${day.day} had not been looked at`));
    assert.equal(await exports.tidy(bench), 0);
  } finally {
    await end();
  }
});

it('a window of anomalies is filled at once where its days were looked at, and soon where nothing is left to be looked at', async () => {
  const query = { dataset: 'anomalies', rows: ['room'], columns: [], measures: ['count'], totals: false } as const;
  const daily = { query: query as never, cron: '0 0 * * *', zone, since: day.from, formats: ['csv' as const] };
  const { bench, rows, at, begun, end } = await scheduled(0, daily);
  const due = day.until - begun - HOUR + DUE_MS;
  try {
    at(due);
    for (const job of [presences, frames, baselines, anomalies]) await job.run(day, bench);
    assert.equal(await exports.tidy(bench), 1);
    assert.equal((await rows())[0]!.published!.unlooked, undefined);
    await say(bench.ledger, KEYS.due('anomalies'), { days: 0 });
    at(due + next.until - day.until);
    assert.equal(await exports.tidy(bench), 0, 'it is not sure yet');
    at(due + next.until - day.until + 5 * 60_000);
    assert.equal(await exports.tidy(bench), 1);
    assert.equal((await rows())[1]!.published!.unlooked, undefined, 'there was nothing to look at');
  } finally {
    await end();
  }
});

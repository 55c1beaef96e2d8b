import type { JobSaid } from '../services/ledger/runs.ts';
import { anomalies } from './anomalies.ts';
import { baselines } from './baselines.ts';
import { exports } from './exports/exports.ts';
import { frames } from './frames.ts';
import { hours, hoursToday } from './hours.ts';
import type { Chore, Job } from './job.ts';
import { presences } from './presences.ts';
import { retention } from './retention.ts';
import { roll } from './roll.ts';
import { sweep } from './sweep.ts';
import { watch } from './watch.ts';

/** What there is to be done where observations are stored so: of a bucket its closed hours are written, too. */
export const workOf = (store: 'duckdb' | 'influx'): { jobs: readonly Job[]; chores: readonly Chore[] } => ({
  jobs: [...(store === 'influx' ? [hours] : []), roll, presences, frames, baselines, anomalies],
  chores: [...(store === 'influx' ? [hoursToday] : []), watch, exports, retention, sweep],
});

/** What each says of itself in a zone. */
export const saidOf = (jobs: readonly Job[], chores: readonly Chore[], zone: string): JobSaid[] => [
  ...jobs.map(({ name, summary, cron, after, back = 0 }) => ({ name, summary, cron, after, back, zone, daily: true })),
  ...chores.map(({ name, summary, cron }) => ({ name, summary, cron, after: [], zone, daily: false })),
];
